import { chmodSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { formatPlatform, hostPlatform } from '../../src/image/platform.ts'
import { digest, type ImageParts, json, Layout, layerTar, named } from '../archive.ts'
import { failure, open, scratch } from './open.ts'

const host = hostPlatform().architecture
const foreign = host === 'arm64' ? 'amd64' : 'arm64'
let parts: ImageParts

beforeAll(async () => {
  parts = { layers: [await layerTar({ 'a/b': 'c' }), await layerTar({ 'a/d': 'e' })], architecture: host }
})

function layoutOf(fill: (layout: Layout) => void): { folder: string; layout: Layout } {
  const layout = new Layout()
  fill(layout)
  const folder = join(scratch(), 'lay:out')
  layout.write(folder)
  return { folder, layout }
}

test('a folder, by its name, by a tag, with colons in both', async () => {
  const { folder } = layoutOf(layout => layout.manifests.push(named(layout.image(parts), 'app:1')))
  for (const reference of [folder, `oci:${folder}`, `oci:${folder}:app:1`]) {
    const image = await open(reference)
    expect(image.reference).toBe(reference)
    expect(image.source).toBe('oci')
    expect(image.digest).toMatch(/^sha256:/)
    expect(image.config.healthcheck).toBeNull()
    expect(image.layers.map(layer => layer.stored)).toEqual(parts.layers.map(layer => gzipSync(layer).length))
  }
})

test('plain blobs are sought over and count as stored', async () => {
  const { folder } = layoutOf(layout => layout.manifests.push(layout.image(parts, layer => layer)))
  const image = await open(folder)
  expect(image.layers.map(layer => layer.index.route)).toEqual(['seek', 'seek'])
  expect(image.layers.map(layer => layer.stored)).toEqual(parts.layers.map(layer => layer.length))
  expect(image.contents).toBeDefined()
  const verified = await open(folder, { verify: true })
  expect(verified.layers.every(layer => layer.index.verified)).toBe(true)
})

describe('platforms', () => {
  const both = (layout: Layout) =>
    layout.index([
      layout.image({ ...parts, architecture: foreign }),
      layout.image(parts),
      layout.attestation('x'),
      { digest: `sha256:${'0'.repeat(64)}`, size: 3, platform: { os: 'linux', architecture: 's390x' } },
    ])

  test("the host's, out of an index in an index", async () => {
    const { folder } = layoutOf(layout => layout.manifests.push(named(layout.index([both(layout)]), '1')))
    expect((await open(folder)).platform).toBe(`linux/${host}`)
    expect((await open(folder, { platform: `linux/${foreign}` })).platform).toBe(`linux/${foreign}`)
  })

  test('one that is not there is an error that lists what is', async () => {
    const { folder } = layoutOf(layout => layout.manifests.push(both(layout)))
    const error = await failure(open(folder, { platform: 'linux/riscv64' }))
    expect(error.code).toBe('PLATFORM_MISSING')
    expect(error.message).toContain(`It has linux/${foreign}, ${formatPlatform(hostPlatform())}`)
  })

  test('one whose blobs are not there', async () => {
    const { folder } = layoutOf(layout => layout.manifests.push(both(layout)))
    expect((await failure(open(folder, { platform: 's390x' }))).code).toBe('BLOB_MISSING')
  })

  test('the only one, whichever it is; several and none for this machine are listed', async () => {
    const one = layoutOf(layout => layout.manifests.push(layout.image({ ...parts, architecture: 's390x' })))
    expect((await open(one.folder)).platform).toBe('linux/s390x')
    const two = layoutOf(layout =>
      layout.manifests.push(
        layout.index(['s390x', 'riscv64'].map(architecture => layout.image({ ...parts, architecture }))),
      ),
    )
    expect((await failure(open(two.folder))).code).toBe('PLATFORM_MISSING')
  })

  test('a flat index of one image, attestation and referrers beside it', async () => {
    const { folder } = layoutOf(layout => {
      const image = layout.image(parts)
      const referrer = { ...layout.attestation('x'), annotations: { 'io.containerd.manifest.subject': 'x' } }
      layout.manifests.push(image, layout.attestation('x'), { ...referrer, platform: undefined })
    })
    expect((await open(folder)).layers).toHaveLength(2)
  })
})

describe('several images', () => {
  test('are chosen from by tag; two tags of one image are one', async () => {
    const { folder } = layoutOf(layout => {
      const image = layout.image(parts)
      const other = layout.image({ ...parts, layers: parts.layers.slice(1) })
      layout.manifests.push(named(image, 'a'), named(image, 'b'), named(other, 'c'))
    })
    expect((await failure(open(folder))).message).toContain('1. a = b')
    expect((await open(`${folder}:b`)).layers).toHaveLength(2)
    expect((await open(`${folder}:c`)).layers).toHaveLength(1)
    expect((await failure(open(`oci:${folder}:d`))).code).toBe('IMAGE_MISSING')
  })
})

describe('damage', () => {
  const plain = () => layoutOf(layout => layout.manifests.push(layout.image(parts, layer => layer)))
  const blob = (folder: string, bytes: Buffer) => join(folder, 'blobs', digest(bytes).replace(':', '/'))
  const first = () => parts.layers[0] ?? Buffer.alloc(0)

  test('a blob that is not there, or cut short', async () => {
    const { folder } = plain()
    truncateSync(blob(folder, first()), 512)
    expect((await failure(open(folder))).code).toBe('ARCHIVE_TRUNCATED')
    rmSync(blob(folder, first()))
    expect((await failure(open(folder))).code).toBe('BLOB_MISSING')
  })

  test('a blob, a manifest or a configuration that is another', async () => {
    const { folder, layout } = layoutOf(layout => layout.manifests.push(layout.image(parts)))
    const compressed = gzipSync(first())
    const changed = Buffer.from(compressed)
    // The header's time stamp: nothing but the blob's digest tells.
    changed.writeUInt32LE(1, 4)
    writeFileSync(blob(folder, compressed), changed)
    expect((await failure(open(folder))).code).toBe('DIGEST_MISMATCH')
    for (const [, bytes] of [...layout.blobs].filter(([, bytes]) => bytes[0] === 0x7b)) {
      writeFileSync(blob(folder, bytes), bytes.toString().replace('linux', 'Linux').replace('2', '3'))
    }
    expect((await failure(open(folder))).code).toBe('DIGEST_MISMATCH')
  })

  test('an index that holds itself', async () => {
    const { folder } = layoutOf(layout => {
      let descriptor = layout.index([])
      for (let depth = 0; depth < 12; depth++) descriptor = layout.index([descriptor])
      layout.manifests.push(descriptor)
    })
    expect((await failure(open(folder))).code).toBe('MANIFEST_INVALID')
  })
})

describe('what is no image', () => {
  const withTypes = (config: string, layer: string) =>
    layoutOf(layout => {
      const blob = layout.add(json({}))
      const manifest = {
        schemaVersion: 2,
        config: { mediaType: config, ...blob },
        layers: [{ mediaType: layer, ...blob }],
      }
      layout.manifests.push({ ...layout.add(json(manifest)), platform: { os: 'linux', architecture: host } })
    }).folder

  test.each([
    ['application/vnd.cncf.helm.config.v1+json', 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', 'artifact'],
    ['application/vnd.oci.image.config.v1+json', 'application/vnd.oci.image.layer.v1.tar+gzip+encrypted', 'encrypted'],
    ['application/vnd.oci.image.config.v1+json', 'application/vnd.cncf.model.weight.v1.tar', 'artifact'],
  ])('%s, %s', async (config, layer, word) => {
    const error = await failure(open(withTypes(config, layer)))
    expect(error.code).toBe('MEDIA_TYPE_UNSUPPORTED')
    expect(error.message).toContain(word)
  })

  test('schema 1', async () => {
    const { folder } = layoutOf(layout => layout.manifests.push(layout.add(json({ schemaVersion: 1, fsLayers: [] }))))
    expect((await failure(open(folder))).code).toBe('MEDIA_TYPE_UNSUPPORTED')
  })
})

test('a file of it that this user may not read is named', async () => {
  const { folder } = layoutOf(layout => layout.manifests.push(layout.image(parts)))
  // No mode closes a file to root.
  const isRoot = process.geteuid?.() === 0
  chmodSync(dirname(folder), 0o755)
  chmodSync(join(folder, 'index.json'), 0)
  if (isRoot) process.seteuid?.(65_534)
  const error = await failure(open(folder))
  if (isRoot) process.seteuid?.(0)
  expect(error).toMatchObject({ code: 'FILE_UNREADABLE', exitCode: 3 })
  expect(error.message).toContain('index.json may not be read by this user')
})
