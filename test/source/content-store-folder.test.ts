import { randomBytes } from 'node:crypto'
import { chmodSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { LayerCache } from '../../src/image/layer-cache.ts'
import { hostPlatform } from '../../src/image/platform.ts'
import { openContentStore } from '../../src/source/content-store/content-store.ts'
import { FolderStore, hasReadable } from '../../src/source/content-store/folder.ts'
import type { OpenOptions } from '../../src/source/source.ts'
import { digest, type ImageParts, Layout, layerTar } from '../archive.ts'
import { contentOf } from '../contents.ts'
import { openOptions } from '../real/open-options.ts'
import { failure, scratch } from './open.ts'

const noise = randomBytes(90_000)
let parts: ImageParts

beforeAll(async () => {
  const layers = [await layerTar({ 'a/b': 'c' }), await layerTar({ 'a/d': noise })]
  parts = { layers, architecture: hostPlatform().architecture }
})

type Compress = (layer: Buffer) => Buffer
const plain: Compress = layer => layer

/** A content store with one image, and that image's digest. */
function stored(compress: Compress = plain): { folder: string; root: string } {
  const layout = new Layout()
  const root = digestOf(layout.image(parts, compress))
  const folder = scratch()
  layout.write(folder)
  return { folder, root }
}

function digestOf(descriptor: object): string {
  return 'digest' in descriptor ? String(descriptor.digest) : ''
}

function blob(folder: string, bytes: Buffer): string {
  return join(folder, 'blobs/sha256', digest(bytes).slice('sha256:'.length))
}

async function openStored(folder: string, root: string, options: Partial<OpenOptions> = {}) {
  const image = { reference: 'app:1', source: 'docker', digest: root }
  const opened = await openContentStore(new FolderStore(folder), image, openOptions(options))
  onTestFinished(async () => opened[Symbol.asyncDispose]())
  return opened
}

test('plain blobs are sought over, compressed ones pass; both count as stored', async () => {
  for (const [compress, verified] of [
    [plain, false],
    [gzipSync, true],
  ] as const) {
    const { folder, root } = stored(compress)
    const image = await openStored(folder, root)
    expect(image).toMatchObject({ reference: 'app:1', source: 'docker', digest: root })
    expect(image.layers.map(({ index }) => index.route)).toEqual(['blob', 'blob'])
    expect(image.layers.map(({ index }) => index.verified)).toEqual([verified, verified])
    expect(image.layers.map(layer => layer.stored)).toEqual(parts.layers.map(layer => compress(layer).length))
    expect(image.layers.map(({ index }) => index.diffId)).toEqual(parts.layers.map(digest))
    const [, top] = image.layers
    if (top !== undefined) expect(await contentOf(image, top, 0)).toEqual(noise)
  }
})

test('an index that names more platforms than are there', async () => {
  const layout = new Layout()
  const index = layout.index([
    { digest: `sha256:${'0'.repeat(64)}`, size: 3, platform: { os: 'linux', architecture: 's390x' } },
    layout.attestation('x'),
    layout.image(parts),
  ])
  const folder = scratch()
  layout.write(folder)
  const image = await openStored(folder, digestOf(index))
  expect(image.platform).toBe(`linux/${parts.architecture}`)
  expect((await failure(openStored(folder, digestOf(index), { platform: 's390x' }))).code).toBe('BLOB_MISSING')
  expect((await failure(openStored(folder, digestOf(index), { platform: 'riscv64' }))).code).toBe('PLATFORM_MISSING')
})

describe('what the cache knows', () => {
  async function warmed(compress: Compress): Promise<{ folder: string; root: string; cache: LayerCache }> {
    const cache = new LayerCache(scratch())
    const { folder, root } = stored(compress)
    const image = await openStored(folder, root, { cache })
    for (const { index } of image.layers) expect(cache.put(index)).toBeUndefined()
    return { folder, root, cache }
  }

  test('nothing of the store is needed where it knows all', async () => {
    const { folder, root, cache } = await warmed(gzipSync)
    rmSync(join(folder, 'blobs'), { recursive: true })
    const image = await openStored(folder, root, { cache })
    expect(image.layers.map(({ index }) => index.route)).toEqual(['cache', 'cache'])
    expect(image.layers.map(layer => layer.stored)).toEqual(parts.layers.map(layer => gzipSync(layer).length))
    expect((await failure(openStored(folder, root, { cache, verify: true }))).code).toBe('BLOB_MISSING')
  })

  test('of layers one of which is new that one is read', async () => {
    const { folder, cache } = await warmed(gzipSync)
    const fresh = await layerTar({ 'a/new': 'n' })
    const layout = new Layout()
    const root = digestOf(layout.image({ ...parts, layers: [...parts.layers, fresh] }))
    layout.write(folder)
    for (const layer of parts.layers) rmSync(blob(folder, gzipSync(layer)))
    const image = await openStored(folder, root, { cache })
    expect(image.layers.map(({ index }) => index.route)).toEqual(['cache', 'cache', 'blob'])
  })

  test('contents of a known layer are gone back to', async () => {
    for (const compress of [plain, gzipSync]) {
      const { folder, root, cache } = await warmed(compress)
      const image = await openStored(folder, root, { cache })
      const [, top] = image.layers
      if (top !== undefined) expect(await contentOf(image, top, 0)).toEqual(noise)
    }
  })
})

describe('damage', () => {
  test('a blob that is missing', async () => {
    const { folder, root } = stored(gzipSync)
    rmSync(blob(folder, gzipSync(parts.layers[1] ?? noise)))
    const error = await failure(openStored(folder, root))
    expect(error).toMatchObject({ code: 'BLOB_MISSING', exitCode: 3 })
    expect(error.message).toContain('the blob of layer 2')
  })

  test('a blob of a layer that the cache knows, gone by the time that its contents are wanted', async () => {
    const cache = new LayerCache(scratch())
    const { folder, root } = stored(gzipSync)
    for (const { index } of (await openStored(folder, root, { cache })).layers) cache.put(index)
    rmSync(blob(folder, gzipSync(parts.layers[1] ?? noise)))
    const image = await openStored(folder, root, { cache })
    const [, top] = image.layers
    if (top === undefined) throw new Error('there is no second layer')
    expect((await failure(contentOf(image, top, 0))).code).toBe('BLOB_MISSING')
  })

  test('a blob that is cut short', async () => {
    for (const compress of [plain, gzipSync]) {
      const { folder, root } = stored(compress)
      truncateSync(blob(folder, compress(parts.layers[1] ?? noise)), 50_000)
      expect((await failure(openStored(folder, root))).code).toBe('ARCHIVE_TRUNCATED')
    }
  })

  test('a compressed blob with one bit flipped, and a plain one when every byte is read', async () => {
    for (const [compress, verify] of [
      [plain, true],
      [gzipSync, false],
    ] as const) {
      const { folder, root } = stored(compress)
      const bytes = compress(parts.layers[1] ?? noise)
      const path = blob(folder, bytes)
      const flipped = Buffer.from(bytes)
      flipped[40_000] = (flipped[40_000] ?? 0) ^ 1
      chmodSync(path, 0o644)
      writeFileSync(path, flipped)
      const error = await failure(openStored(folder, root, { verify }))
      expect(['DIGEST_MISMATCH', 'CHECKSUM_WRONG']).toContain(error.code)
      expect(error.exitCode).toBe(3)
    }
  })

  test('a manifest that is another one', async () => {
    const { folder, root } = stored()
    writeFileSync(join(folder, 'blobs/sha256', root.slice('sha256:'.length)), '{"layers":[]}')
    expect((await failure(openStored(folder, root))).code).toBe('DIGEST_MISMATCH')
  })

  test('an image that is removed while it is open is read to its end', async () => {
    const { folder, root } = stored()
    const image = await openStored(folder, root)
    rmSync(join(folder, 'blobs'), { recursive: true })
    const [, top] = image.layers
    if (top !== undefined) expect(await contentOf(image, top, 0)).toEqual(noise)
  })
})

test('a folder is that store only where it has the image', () => {
  const { folder, root } = stored()
  expect(hasReadable(folder, root)).toBe(true)
  expect(hasReadable(scratch(), root)).toBe(false)
  expect(hasReadable('/nowhere', root)).toBe(false)
  expect(() => hasReadable(folder, 'sha256:../../../etc/passwd')).not.toThrow()
  expect(hasReadable(folder, 'sha256:../../../etc/passwd')).toBe(false)
})
