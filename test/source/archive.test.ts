import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  configuration,
  craneArchive,
  digest,
  docker25Archive,
  docker29Archive,
  hex,
  type ImageParts,
  json,
  Layout,
  layerTar,
  legacyArchive,
  named,
  podmanArchive,
  tarOf,
  v1Archive,
} from '../archive.ts'
import { contentOf } from '../contents.ts'
import { failure, open, openPiped, scratch } from './open.ts'

let parts: ImageParts
let archives: ReadonlyMap<string, Buffer>

beforeAll(async () => {
  const base = await layerTar({ 'etc/os-release': 'ID=debian\n', 'usr/lib/libx.so': Buffer.alloc(200_000, 7) })
  const app = await layerTar({ 'app/main.py': 'print(1)\n', 'app/.wh.old': '' })
  parts = { layers: [base, app, base], name: 'app:1' }
  const layout = new Layout()
  layout.manifests.push(named(layout.image(parts), 'app:1'))
  archives = new Map([
    ['docker up to 24', await legacyArchive(parts)],
    ['docker 25', await docker25Archive(parts)],
    ['docker 25, saved by ID', await docker25Archive(parts, true)],
    ['docker 29, gzip', await docker29Archive(parts)],
    ['docker 29, plain', await docker29Archive(parts, layer => layer)],
    ['podman', await podmanArchive(parts)],
    ['crane and kaniko', await craneArchive(parts)],
    ['OCI', await tarOf(layout.parts())],
  ])
})

const writers = [
  ['docker up to 24', 'seek', undefined],
  ['docker 25', 'seek', undefined],
  ['docker 25, saved by ID', 'seek', undefined],
  ['docker 29, gzip', 'stream', 'compressed'],
  ['docker 29, plain', 'seek', 'plain'],
  ['podman', 'seek', undefined],
  ['crane and kaniko', 'stream', 'compressed'],
  ['OCI', 'stream', 'compressed'],
] as const

describe.each(writers)('%s', (writer, route, stored) => {
  const archive = () => archives.get(writer) ?? Buffer.alloc(0)
  const size = (layer: Buffer) => {
    if (stored === undefined) return undefined
    return stored === 'plain' ? layer.length : gzipSync(layer).length
  }
  const expected = (read: string, verified: boolean) =>
    parts.layers.map((layer, position) => ({
      position,
      diffId: digest(layer),
      unpacked: layer.length,
      stored: size(layer),
      route: read,
      verified,
      createdBy: `RUN step ${position}`,
    }))

  test.each(['plain', 'gzip', 'piped', 'piped gzip', 'verified'])('%s', async way => {
    const path = join(scratch(), 'image')
    writeFileSync(path, way === 'gzip' ? gzipSync(archive()) : archive())
    const image = way.startsWith('piped')
      ? await openPiped(way === 'piped gzip' ? gzipSync(archive()) : archive())
      : await open(path, { verify: way === 'verified' })
    const sought = way === 'plain' && route === 'seek'
    expect(image.layers.map(summary)).toEqual(expected(sought ? 'seek' : 'stream', !sought))
    expect(image.id).toBe(digest(configuration(parts)))
    expect(image.platform).toBe('linux/amd64')
    expect(image.layers[1]?.index.entries.path(1)).toBe('/app/old')
    expect(image.layers[0]?.index).toBe(image.layers[2]?.index)
    const goesBack = way === 'plain' || way === 'verified'
    expect(image.contents !== undefined).toBe(goesBack)
    if (goesBack && image.layers[0] !== undefined)
      expect(await contentOf(image, image.layers[0], 1)).toEqual(Buffer.alloc(200_000, 7))
  })
})

test('before Docker 1.10 there are no diff IDs: they are computed', async () => {
  const archive = await v1Archive(parts)
  const path = join(scratch(), 'v1.tar')
  writeFileSync(path, archive)
  for (const image of [await open(path), await openPiped(archive)]) {
    expect(image.config.diffIds).toEqual(parts.layers.map(digest))
    expect(image.layers.map(layer => layer.history?.createdBy)).toEqual(['RUN step 0', 'RUN step 1', 'RUN step 2'])
  }
})

test('the kind of an archive is told by what is in it', async () => {
  const folder = scratch()
  writeFileSync(join(folder, 'a.zip'), archives.get('OCI') ?? '')
  writeFileSync(join(folder, 'b.zip'), archives.get('podman') ?? '')
  expect((await open('a.zip', { cwd: folder })).source).toBe('oci-archive')
  expect((await open('docker-archive:a.zip', { cwd: folder })).source).toBe('oci-archive')
  expect((await open('b.zip', { cwd: folder })).source).toBe('docker-archive')
})

test('hard links of an archive are followed, circles are not', async () => {
  const [base] = parts.layers
  if (base === undefined) return
  const config = configuration({ layers: [base] })
  const archive = (target: string) =>
    tarOf([
      ['a/layer.tar', base],
      ['b/layer.tar', { hardlink: target }],
      [`${hex(config)}.json`, config],
      ['manifest.json', json([{ Config: `${hex(config)}.json`, RepoTags: null, Layers: ['b/layer.tar'] }])],
    ])
  expect((await openPiped(await archive('a/layer.tar'))).layers).toHaveLength(1)
  expect((await failure(openPiped(await archive('b/layer.tar')))).code).toBe('BLOB_MISSING')
})

describe('several images', () => {
  const both = async () => {
    const other = { layers: [await layerTar({ x: 'other' })], name: 'registry.example/other:2' }
    return legacyArchive(parts, other)
  }

  test('are listed', async () => {
    const error = await failure(openPiped(await both()))
    expect(error.code).toBe('IMAGE_AMBIGUOUS')
    expect(error.message).toContain('1. app:1 (sha256:')
    expect(error.message).toContain('2. registry.example/other:2 (sha256:')
    expect(error.fix).toContain('--image app:1')
  })

  test.each(['app:1', 'docker.io/library/app:1', '1'])('--image %s is the first', async image => {
    expect((await openPiped(await both(), { image })).layers).toHaveLength(3)
  })

  test.each(['registry.example/other:2', '2'])('--image %s is the second', async image => {
    expect((await openPiped(await both(), { image })).layers).toHaveLength(1)
  })

  test('by the beginning of a digest', async () => {
    const image = digest(configuration(parts)).slice(0, 20)
    expect((await openPiped(await both(), { image })).layers).toHaveLength(3)
  })

  test('one that is not there', async () => {
    expect((await failure(openPiped(await both(), { image: 'app:9' }))).code).toBe('IMAGE_MISSING')
  })
})

function summary(layer: Awaited<ReturnType<typeof open>>['layers'][number]) {
  const { diffId, unpacked, route, verified } = layer.index
  const { position, stored, history } = layer
  return { position, diffId, unpacked, stored, route, verified, createdBy: history?.createdBy }
}
