import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { LayerCache } from '../../src/image/layer-cache.ts'
import { isKnownDriver } from '../../src/source/docker/root.ts'
import { contentOf } from '../contents.ts'
import { type DriverEngine, type DriverOddities, driverEngine } from './docker-store-engine.ts'
import { failure, open, scratch } from './open.ts'

const status = 'Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n'
const layers = [{ 'bin/a': 'a', 'var/lib/dpkg/status': status }, { 'bin/b': 'bb' }]
const engine = (oddities?: DriverOddities) => driverEngine(layers, oddities)

const routes = ({ layers }: Awaited<ReturnType<typeof open>>) => layers.map(({ index }) => index.route)
const record = ({ records }: DriverEngine, position: number, name: string) => join(records[position] ?? '', name)
const statusOf = ({ folders }: DriverEngine) => join(folders[0] ?? '', 'var/lib/dpkg/status')
const damage = (from: DriverEngine) => writeFileSync(record(from, 0, 'tar-split.json.gz'), 'no gzip')

/** How often something is said. */
const times = (text: string, words: string) => text.split(words).length - 1

test('with the right to read the root folder nothing more is asked for than where that is', async () => {
  const from = await engine()
  const image = await open('docker:app:1', from)
  expect(routes(image)).toEqual(['layer-store', 'layer-store'])
  expect(image.layers[0]?.index.facts.records.get(1)?.kind).toBe('dpkg-status')
  expect(from.asked).toEqual(['GET /version', 'GET /images/app:1/json', 'GET /info'])
})

test('an engine that says where its layers lie is not asked for that', async () => {
  const from = await engine({ tellsFolders: true })
  expect(routes(await open('docker:app:1', from))).toEqual(['layer-store', 'layer-store'])
  expect(from.asked).toEqual(['GET /version', 'GET /images/app:1/json'])
})

test('of a layer that the cache knows nothing is read but the contents that are wanted', async () => {
  const from = await engine()
  const cache = new LayerCache(scratch())
  const [base] = (await open('docker:app:1', from)).layers
  if (base !== undefined) cache.put(base.index)
  for (const name of ['diff', 'size', 'tar-split.json.gz']) rmSync(record(from, 0, name))
  const image = await open('docker:app:1', { ...from, cache })
  expect(routes(image)).toEqual(['cache', 'layer-store'])
  const [known] = image.layers
  if (known !== undefined) expect(String(await contentOf(image, known, 1))).toBe(status)
  rmSync(record(from, 0, 'cache-id'))
  expect(routes(await open('docker:app:1', { ...from, cache }))).toEqual(['cache', 'layer-store'])
})

describe('where the folder cannot be read', () => {
  test('a container is tried, and where the export fails too all three say why, once', async () => {
    const from = await engine({ tellsFolders: true, exports: false })
    rmSync(statusOf(from))
    const { code, message } = await failure(open('docker:app:1', from))
    expect(code).toBe('ENGINE_FAILED')
    expect(from.asked.filter(asked => asked.startsWith('POST'))).toEqual(['POST /containers/create'])
    for (const words of ['Docker cannot export app:1', 'status cannot be read: ENOENT', 'does not show what it keeps'])
      expect(times(message, words), `${words} in ${message}`).toBe(1)
  })

  test('and no container can, its reason is the one that is given', async () => {
    const from = await engine()
    rmSync(statusOf(from))
    const image = await open('docker:app:1', from)
    expect(routes(image)).toEqual(['stream', 'stream'])
    expect(from.asked).not.toContain('POST /containers/create')
    const [notice] = image.notices.filter(({ code }) => code === 'layer-store-unread')
    expect(times(notice?.message ?? '', 'status cannot be read: ENOENT')).toBe(1)
  })

  test('contents that are wanted later come from a container, and both say why they do not', async () => {
    const from = await engine({ tellsFolders: true })
    const image = await open('docker:app:1', from)
    const [base] = image.layers
    rmSync(join(from.folders[0] ?? '', 'bin/a'))
    if (base === undefined) throw new Error('the image has no layers')
    const { message } = await failure(contentOf(image, base, 0))
    for (const words of ['bin/a cannot be read: ENOENT', 'does not show what it keeps'])
      expect(times(message, words), `${words} in ${message}`).toBe(1)
  })
})

describe('a record that is damaged', () => {
  test('is not fetched once more through a container', async () => {
    const from = await engine({ tellsFolders: true })
    damage(from)
    const image = await open('docker:app:1', from)
    expect(routes(image)).toEqual(['stream', 'stream'])
    expect(image.notices.map(({ code }) => code)).toEqual(['layer-store-unread'])
    expect(from.asked).not.toContain('POST /containers/create')
  })

  test('is what the export’s failure speaks of too', async () => {
    const from = await engine({ exports: false })
    damage(from)
    const { message } = await failure(open('docker:app:1', from))
    expect(message).toContain('Docker cannot export app:1')
    expect(times(message, "the layer's record is damaged")).toBe(1)
  })
})

test('a driver is none that merely has the name of something', async () => {
  expect(['overlay2', 'vfs', 'fuse-overlayfs'].every(isKnownDriver)).toBe(true)
  expect(['constructor', 'toString', '__proto__', 'btrfs'].some(isKnownDriver)).toBe(false)
  const from = await engine({ driver: 'constructor' })
  expect(routes(await open('docker:app:1', from))).toEqual(['stream', 'stream'])
})
