import { randomBytes } from 'node:crypto'
import { rmSync, truncateSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { LayerCache } from '../../src/image/layer-cache.ts'
import { hostPlatform } from '../../src/image/platform.ts'
import { contentStoreByContainer, contentStoreByFolder } from '../../src/source/content-store/docker.ts'
import { dockerEngine } from '../../src/source/docker.ts'
import { connect } from '../../src/source/engine/engine.ts'
import { inspect } from '../../src/source/engine/inspect.ts'
import type { EngineImage, EngineRoute } from '../../src/source/engine/kind.ts'
import { ownReader, readerLabel } from '../../src/source/engine/reader-label.ts'
import type { OpenOptions } from '../../src/source/source.ts'
import { configuration, digest, type ImageParts, layerTar } from '../archive.ts'
import { contentOf } from '../contents.ts'
import { openOptions } from '../real/open-options.ts'
import { type ContainerBody, type Oddities, type StoreEngine, storeEngine } from './content-store-engine.ts'
import { failure, scratch } from './open.ts'

const noise = randomBytes(90_000)
const plain = (layer: Buffer) => layer
let parts: ImageParts

beforeAll(async () => {
  const layers = [await layerTar({ 'a/b': 'c' }), await layerTar({ 'a/d': noise }), await layerTar({ 'a/e': 'f' })]
  parts = { layers, architecture: hostPlatform().architecture }
})

async function engine(compress: (layer: Buffer) => Buffer = gzipSync, oddities: Oddities = {}): Promise<StoreEngine> {
  return storeEngine(parts, compress, oddities)
}

async function imageOf(options: OpenOptions): Promise<EngineImage> {
  const client = await connect(dockerEngine, options)
  const found = await inspect(client, 'app:1')
  if (found === undefined) throw new Error('the engine has no app:1')
  return { kind: dockerEngine, client, name: 'app:1', found, platform: hostPlatform() }
}

async function openBy(route: EngineRoute, { env }: StoreEngine, more: Partial<OpenOptions> = {}) {
  const options = openOptions({ env, ...more })
  const opened = await route(await imageOf(options), options)
  onTestFinished(async () => opened?.[Symbol.asyncDispose]())
  return opened
}

const byContainer = (from: StoreEngine, more?: Partial<OpenOptions>) => openBy(contentStoreByContainer, from, more)

test('each document and each blob is asked for once, the large one first, and the container is gone', async () => {
  for (const compress of [plain, gzipSync]) {
    const from = await engine(compress)
    const image = await byContainer(from)
    expect(image).toMatchObject({ reference: 'app:1', source: 'docker', digest: from.root })
    expect(image?.layers.map(({ index }) => [index.route, index.verified])).toEqual(
      parts.layers.map(() => ['blob', true]),
    )
    expect(image?.layers.map(layer => layer.stored)).toEqual(parts.layers.map(layer => compress(layer).length))
    const [first, second, third] = parts.layers.map(layer => digest(compress(layer)))
    expect(from.handed.slice(0, 3)).toEqual([from.root, digest(configuration(parts)), second])
    expect(from.handed.slice(3).sort()).toEqual([first, third].sort())
    expect(from.asked.filter(asked => asked === 'POST /containers/create')).toHaveLength(1)
    expect(from.containers.size).toBe(0)
  }
})

test('what is bound is the folder of blobs alone, and read-only', async () => {
  const from = await engine()
  const [made] = await madeBy(from)
  const Source = join(from.folder, 'blobs/sha256')
  expect(made?.body).toMatchObject({ HostConfig: { Mounts: [{ Type: 'bind', Source, ReadOnly: true }] } })
})

/** The containers that an audit makes. */
async function madeBy(from: StoreEngine): Promise<readonly { readonly name: string; readonly body: ContainerBody }[]> {
  const made: { readonly name: string; readonly body: ContainerBody }[] = []
  const remember = from.containers.set.bind(from.containers)
  from.containers.set = (id, container) => {
    made.push(container)
    return remember(id, container)
  }
  await byContainer(from)
  return made
}

describe('the image’s volumes', () => {
  test('are covered, each once, however they are spelt', async () => {
    const from = await engine(gzipSync, { volumes: ['/data', '/data/', '/a/../data', '//var/log', '/data/below'] })
    const [made] = await madeBy(from)
    const mounts = made?.body.HostConfig.Mounts ?? []
    expect(mounts.slice(1)).toEqual(['/data', '/var/log', '/data/below'].map(Target => ({ Type: 'tmpfs', Target })))
  })

  test('that cannot be covered would be copied: no container is made', async () => {
    for (const volume of ['data', './data', '../data', '/', '/.', '//']) {
      const from = await engine(gzipSync, { volumes: ['/data', volume] })
      expect((await failure(byContainer(from))).code).toBe('STORE_UNREADABLE')
      expect(from.asked).not.toContain('POST /containers/create')
    }
  })
})

describe('a container of ours', () => {
  const hex = '0123456789abcdef'
  const gone = () => ownReader().replace(/\d+$/, start => `${Number(start) - 1}`)
  const container = (label: string, name: string, Created = Date.now() / 1000) => {
    return { Id: 'left', Names: [`/${name}`], Labels: { [readerLabel]: label }, Created }
  }
  const removed = async (left: object) => {
    const from = await engine(gzipSync, { left: [left] })
    await byContainer(from)
    return from.asked.includes('DELETE /containers/left')
  }

  test('has a name, and a label that repeats it', async () => {
    const [made] = await madeBy(await engine())
    expect(made?.name).toMatch(/^imgaudit-[0-9a-f]{16}$/)
    expect(made?.body.Labels).toEqual({ [readerLabel]: `${ownReader()} ${made?.name}` })
  })

  test('is removed when a killed run left it, or after a day where that cannot be told', async () => {
    const name = `imgaudit-${hex}`
    expect(await removed(container(`${gone()} ${name}`, name))).toBe(true)
    expect(await removed(container(`elsewhere 12 34 ${name}`, name, Date.now() / 1000 - 90_000))).toBe(true)
    expect(await removed(container(`elsewhere 12 34 ${name}`, name))).toBe(false)
    expect(await removed(container(`${ownReader()} ${name}`, name, 0))).toBe(false)
  })

  test('is none that has the label from its image', async () => {
    const name = `imgaudit-${hex}`
    for (const [label, called] of [
      ['x', 'quirky_hopper'],
      ['x', name],
      [`${gone()} ${name}`, 'quirky_hopper'],
      [`${gone()} ${name}`, `imgaudit-${hex.replace('0', 'f')}`],
      [`${gone()} mine`, 'mine'],
      [`${gone()} ${name} `, name],
    ] as const)
      expect(await removed(container(label, called, 0)), `${called}: ${label}`).toBe(false)
  })

  test('that the engine does not name is found, and the next route is tried', async () => {
    const from = await engine(gzipSync, { nameless: true })
    expect((await failure(byContainer(from))).code).toBe('STORE_UNREADABLE')
    expect(from.containers.size).toBe(0)
  })

  test('is not made once the run is interrupted', async () => {
    const stop = new AbortController()
    const onAsked = (asked: string) => {
      if (asked === 'GET /containers/json') stop.abort()
    }
    const from = await engine(gzipSync, { onAsked })
    expect((await failure(byContainer(from, { signal: stop.signal }))).code).toBe('INTERRUPTED')
    expect(from.asked).not.toContain('POST /containers/create')
  })

  test('that is made while the run is interrupted is removed', async () => {
    const stop = new AbortController()
    const onAsked = (asked: string) => {
      if (asked === 'POST /containers/create') stop.abort()
    }
    const from = await engine(gzipSync, { onAsked })
    expect((await failure(byContainer(from, { signal: stop.signal }))).code).toBe('INTERRUPTED')
    expect(from.containers.size).toBe(0)
  })
})

describe('the containerd of an engine', () => {
  /** The socket of one that hangs up, and how often it was called. */
  function silentContainerd(): { readonly containerd: string; readonly calls: () => number } {
    let calls = 0
    const containerd = join(scratch(), 'containerd.sock')
    const server = createServer(socket => {
      calls++
      socket.destroy()
    }).listen(containerd)
    onTestFinished(() => void server.close())
    return { containerd, calls: () => calls }
  }

  test('on another machine is not looked for on this one', async () => {
    const { containerd, calls } = silentContainerd()
    expect((await byContainer(await engine(gzipSync, { containerd, remote: true })))?.layers).toHaveLength(3)
    expect(calls()).toBe(0)
    expect((await byContainer(await engine(gzipSync, { containerd })))?.layers).toHaveLength(3)
    expect(calls()).toBeGreaterThan(0)
  })

  test('is asked once where its store is, and so is the engine, whichever ways are tried', async () => {
    const { containerd, calls } = silentContainerd()
    const { env, asked } = await engine(gzipSync, { elsewhere: true, containerd })
    const options = openOptions({ env })
    const image = await imageOf(options)
    expect(await contentStoreByFolder(image, options)).toBeUndefined()
    const before = calls()
    expect(before).toBeGreaterThan(0)
    expect((await failure(contentStoreByContainer(image, options))).code).toBe('STORE_UNREADABLE')
    expect(calls()).toBe(before)
    expect(asked.filter(path => path === 'GET /info')).toHaveLength(1)
  })
})

test('contents pass once more, in a container of their own', async () => {
  const from = await engine()
  const image = await byContainer(from)
  const top = image?.layers[1]
  from.handed.length = 0
  if (image !== undefined && top !== undefined) expect(await contentOf(image, top, 0)).toEqual(noise)
  expect(from.handed.at(-1)).toBe(digest(gzipSync(parts.layers[1] ?? noise)))
  expect(from.containers.size).toBe(0)
})

describe('what the cache knows', () => {
  test('is not asked for, and where that is all no container is made', async () => {
    const cache = new LayerCache(scratch())
    const image = await byContainer(await engine(), { cache })
    for (const { index } of image?.layers ?? []) cache.put(index)
    const again = await engine()
    const known = await byContainer(again, { cache })
    expect(known?.layers.map(({ index }) => index.route)).toEqual(['cache', 'cache', 'cache'])
    expect(known?.layers.map(layer => layer.stored)).toEqual(image?.layers.map(layer => layer.stored))
    expect(again.asked).toEqual(['GET /version', 'GET /images/app:1/json'])
  })

  test('one layer that is new is the one that is read', async () => {
    const cache = new LayerCache(scratch())
    for (const { index } of (await byContainer(await engine(), { cache }))?.layers ?? []) cache.put(index)
    const fresh = await layerTar({ 'a/new': 'n' })
    const changed = { ...parts, layers: [...parts.layers, fresh] }
    const from = await storeEngine(changed, gzipSync)
    const image = await byContainer(from, { cache })
    expect(image?.layers.map(({ index }) => index.route)).toEqual(['cache', 'cache', 'cache', 'blob'])
    expect(from.handed).toEqual([from.root, digest(configuration(changed)), digest(gzipSync(fresh))])
  })
})

describe('where it is not for this image', () => {
  test('none of the folders is there: the bind is refused', async () => {
    const from = await engine(gzipSync, { elsewhere: true })
    expect((await failure(byContainer(from))).code).toBe('STORE_UNREADABLE')
    expect(await openBy(contentStoreByFolder, from)).toBeUndefined()
    expect(from.handed).toEqual([])
  })

  test('the engine makes no containers', async () => {
    for (const status of [400, 403, 500]) {
      expect((await failure(byContainer(await engine(gzipSync, { status })))).code).toBe('STORE_UNREADABLE')
    }
  })

  test('the engine describes another platform’s image, whose volumes are others', async () => {
    const from = await engine(gzipSync, { described: 's390x' })
    expect(await byContainer(from)).toBeUndefined()
    expect(from.asked).not.toContain('POST /containers/create')
  })

  test('an image that is not unpacked would be unpacked by it', async () => {
    const from = await engine(gzipSync, { unpacked: false })
    expect(await byContainer(from)).toBeUndefined()
    expect(from.asked).not.toContain('POST /containers/create')
  })
})

describe('damage ends in one error, and the container is gone', () => {
  test('a blob that is missing, or was removed meanwhile', async () => {
    const from = await engine()
    rmSync(join(from.folder, 'blobs/sha256', digest(gzipSync(parts.layers[1] ?? noise)).slice(7)))
    expect(await failure(byContainer(from))).toMatchObject({ code: 'BLOB_MISSING', exitCode: 3 })
    expect(from.containers.size).toBe(0)
  })

  test('a blob that is cut short', async () => {
    for (const compress of [plain, gzipSync]) {
      const from = await engine(compress)
      truncateSync(join(from.folder, 'blobs/sha256', digest(compress(parts.layers[1] ?? noise)).slice(7)), 50_000)
      const error = await failure(byContainer(from))
      expect(error).toMatchObject({ code: 'ARCHIVE_TRUNCATED', exitCode: 3 })
      expect(error.message).toContain('layer 2 of 3')
      expect(from.containers.size).toBe(0)
    }
  })

  test('a connection that breaks in the middle of a blob', async () => {
    const from = await engine(gzipSync, { breakAfter: 60_000 })
    expect((await failure(byContainer(from))).code).toBe('ENGINE_FAILED')
    expect(from.containers.size).toBe(0)
  })

  test('an interrupted run', async () => {
    const from = await engine()
    const stop = new AbortController()
    const progress = { begin() {}, advance: () => stop.abort(), end() {} }
    expect((await failure(byContainer(from, { signal: stop.signal, progress }))).code).toBe('INTERRUPTED')
    expect(from.containers.size).toBe(0)
  })
})

test('with the right to read the folder no container is made', async () => {
  const from = await engine(plain)
  const image = await openBy(contentStoreByFolder, from)
  expect(image?.layers.map(({ index }) => [index.route, index.verified])).toEqual(
    parts.layers.map(() => ['blob', false]),
  )
  expect(from.asked).toEqual(['GET /version', 'GET /images/app:1/json', 'GET /info'])
})
