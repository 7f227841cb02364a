import { randomBytes } from 'node:crypto'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { LayerCache } from '../../src/image/layer-cache.ts'
import { hostPlatform } from '../../src/image/platform.ts'
import { contentFolder } from '../../src/source/containerd/folder.ts'
import { readDiffIds } from '../../src/source/index.ts'
import { configuration, digest, type ImageParts, Layout, layerTar } from '../archive.ts'
import { contentOf } from '../contents.ts'
import { openOptions } from '../real/open-options.ts'
import { containerdServer } from './containerd-server.ts'
import { failure, open, scratch } from './open.ts'

const noise = randomBytes(90_000)
const full = 'docker.io/library/app:latest'
let parts: ImageParts

beforeAll(async () => {
  const layers = [await layerTar({ 'a/b': 'c' }), await layerTar({ 'a/d': noise })]
  parts = { layers, architecture: hostPlatform().architecture }
})

/** Blobs of one image in a folder, and its digest. */
function stored(): { folder: string; root: string } {
  const layout = new Layout()
  const descriptor = layout.image(parts)
  const folder = scratch()
  layout.write(folder)
  return { folder, root: 'digest' in descriptor ? String(descriptor.digest) : '' }
}

const blobOf = (folder: string, bytes: Buffer) => join(folder, 'blobs/sha256', digest(bytes).slice('sha256:'.length))

describe('names', () => {
  test("as ctr has them, as Docker shortens them, and by a digest's digits", async () => {
    const { folder, root } = stored()
    const { env } = await containerdServer({ default: { [full]: root, plain: root } }, folder)
    const hex = root.slice('sha256:'.length)
    for (const name of ['app', 'app:latest', 'library/app', full, 'plain', root, hex, hex.slice(0, 12)]) {
      const image = await open(`containerd:${name}`, { env })
      expect(image).toMatchObject({ reference: `containerd:${name}`, source: 'containerd', digest: root })
    }
  })

  test('in the namespace that is named, by option, else by the environment', async () => {
    const { folder, root } = stored()
    const { env } = await containerdServer({ default: {}, moby: { [full]: root } }, folder)
    expect((await open('containerd:app', { env, namespace: 'moby' })).digest).toBe(root)
    expect((await open('containerd:app', { env: { ...env, CONTAINERD_NAMESPACE: 'moby' } })).digest).toBe(root)
  })

  test('what is elsewhere, and what is nowhere, says what to type', async () => {
    const { folder, root } = stored()
    const { env } = await containerdServer({ default: { other: root }, 'k8s.io': { [full]: root } }, folder)
    const elsewhere = await failure(open('containerd:app', { env }))
    expect(elsewhere).toMatchObject({ code: 'IMAGE_MISSING', exitCode: 3 })
    expect(elsewhere.fix).toContain('--namespace k8s.io')
    const nowhere = await failure(open('containerd:nothing', { env }))
    expect(nowhere.code).toBe('IMAGE_MISSING')
    expect(nowhere.message).toContain('It has other')
    const namespace = await failure(open('containerd:nothing', { env, namespace: 'moby' }))
    expect(namespace.code).toBe('IMAGE_MISSING')
    expect(namespace.message).toContain('no namespace moby')
    expect(namespace.message).toContain('It has default, k8s.io')
  })
})

describe('blobs', () => {
  test('from their folder, which containerd names', async () => {
    const { folder, root } = stored()
    const { env, read, address } = await containerdServer({ default: { [full]: root } }, folder)
    const image = await open('containerd:app', { env })
    expect(image.layers.map(({ index }) => index.route)).toEqual(['blob', 'blob'])
    expect(read).toEqual([])
    expect(await contentFolder(address)).toBe(folder)
  })

  test('through the socket, where the folder is not to be read; each once', async () => {
    const { folder, root } = stored()
    for (const told of ['/nowhere', undefined]) {
      const { env, read, looked } = await containerdServer({ default: { [full]: root } }, folder, told ?? '')
      const image = await open('containerd:app', { env })
      expect(image.layers.map(({ index }) => index.diffId)).toEqual(parts.layers.map(digest))
      expect(image.layers.every(({ index }) => index.verified)).toBe(true)
      const layers = parts.layers.map(layer => digest(gzipSync(layer)))
      expect([...read].sort()).toEqual([root, digest(configuration(parts)), ...layers].sort())
      // A node of a cluster has thousands of others.
      expect([...looked].sort()).toEqual([...read].sort())
      const [, top] = image.layers
      if (top !== undefined) expect(await contentOf(image, top, 0)).toEqual(noise)
    }
  })

  test('none that the cache knows', async () => {
    const { folder, root } = stored()
    const { env, read } = await containerdServer({ default: { [full]: root } }, folder, '/nowhere')
    const cache = new LayerCache(scratch())
    for (const { index } of (await open('containerd:app', { env, cache })).layers) cache.put(index)
    read.length = 0
    rmSync(blobOf(folder, gzipSync(parts.layers[1] ?? noise)))
    const image = await open('containerd:app', { env, cache })
    expect(image.layers.map(({ index }) => index.route)).toEqual(['cache', 'cache'])
    expect(read).toEqual([])
  })

  test('diff IDs cost no layer', async () => {
    const { folder, root } = stored()
    const { env, read } = await containerdServer({ default: { [full]: root } }, folder, '/nowhere')
    expect(await readDiffIds('containerd:app', openOptions({ env }))).toEqual(parts.layers.map(digest))
    expect([...read].sort()).toEqual([root, digest(configuration(parts))].sort())
  })
})

describe('damage', () => {
  test('a blob that is missing, from the folder and through the socket', async () => {
    const { folder, root } = stored()
    rmSync(blobOf(folder, gzipSync(parts.layers[1] ?? noise)))
    for (const told of [folder, '/nowhere']) {
      const { env } = await containerdServer({ default: { [full]: root } }, folder, told)
      const error = await failure(open('containerd:app', { env }))
      expect(error).toMatchObject({ code: 'BLOB_MISSING', exitCode: 3 })
      expect(error.message).toContain('the blob of layer 2')
      expect(error.fix).toContain(`ctr --namespace default content fetch ${full}`)
    }
  })

  test('a layer that is missing shows before another one is read', async () => {
    const { folder, root } = stored()
    rmSync(blobOf(folder, gzipSync(parts.layers[0] ?? noise)))
    const { env, read } = await containerdServer({ default: { [full]: root } }, folder, '/nowhere')
    expect((await failure(open('containerd:app', { env }))).code).toBe('BLOB_MISSING')
    expect([...read].sort()).toEqual([root, digest(configuration(parts))].sort())
  })

  test('a blob that goes after the image was opened', async () => {
    const { folder, root } = stored()
    const { env } = await containerdServer({ default: { [full]: root } }, folder, '/nowhere')
    const image = await open('containerd:app', { env })
    rmSync(blobOf(folder, gzipSync(parts.layers[1] ?? noise)))
    const [, top] = image.layers
    if (top === undefined) throw new Error('there is no second layer')
    expect((await failure(contentOf(image, top, 0))).code).toBe('BLOB_MISSING')
  })

  test('a blob that is not what its digest says', async () => {
    const { folder, root } = stored()
    const path = blobOf(folder, gzipSync(parts.layers[1] ?? noise))
    const flipped = gzipSync(parts.layers[1] ?? noise)
    flipped[50_000] = (flipped[50_000] ?? 0) ^ 1
    chmodSync(path, 0o644)
    writeFileSync(path, flipped)
    for (const told of [folder, '/nowhere']) {
      const { env } = await containerdServer({ default: { [full]: root } }, folder, told)
      const { code } = await failure(open('containerd:app', { env }))
      expect(['DIGEST_MISMATCH', 'CHECKSUM_WRONG']).toContain(code)
    }
  })

  test('a containerd that breaks off in the middle of a blob', async () => {
    const { folder, root } = stored()
    const { env } = await containerdServer({ default: { [full]: root } }, folder, '/nowhere', 60_000)
    expect(await failure(open('containerd:app', { env }))).toMatchObject({ code: 'ENGINE_FAILED', exitCode: 3 })
  })
})

describe('no containerd', () => {
  test('no socket, none at the usual places, and one that nobody listens at', async () => {
    const nowhere = await failure(open('containerd:app', { env: { CONTAINERD_ADDRESS: '/nowhere/containerd.sock' } }))
    expect(nowhere).toMatchObject({ code: 'ENGINE_UNREACHABLE', exitCode: 3 })
    expect(nowhere.message).toContain('/nowhere/containerd.sock (not there)')
    const file = join(scratch(), 'containerd.sock')
    writeFileSync(file, '')
    const stale = await failure(open('containerd:app', { env: { CONTAINERD_ADDRESS: `unix://${file}` } }))
    expect(stale.code).toBe('ENGINE_UNREACHABLE')
    expect(await contentFolder(file)).toBeUndefined()
    expect(await contentFolder('/nowhere/containerd.sock')).toBeUndefined()
  })

  test('one that says nothing holds nobody up', async () => {
    const path = join(scratch(), 'containerd.sock')
    const server = createServer(() => undefined).listen(path)
    onTestFinished(() => void server.close())
    const begin = performance.now()
    expect(await contentFolder(path)).toBeUndefined()
    expect(performance.now() - begin).toBeLessThan(6_000)
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 50)
    const again = performance.now()
    expect((await failure(contentFolder(path, stop.signal))).code).toBe('INTERRUPTED')
    expect(performance.now() - again).toBeLessThan(1_500)
  })

  test.skipIf(process.getuid?.() === 0)('no permission', async () => {
    const path = join(scratch(), 'containerd.sock')
    const server = createServer().listen(path)
    onTestFinished(() => void server.close())
    chmodSync(path, 0)
    expect((await failure(open('containerd:app', { env: { CONTAINERD_ADDRESS: path } }))).code).toBe('ENGINE_DENIED')
  })
})
