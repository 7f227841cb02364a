import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { archive, file } from '../../fixtures/tar/build.ts'
import { ImgauditError } from '../../src/error.ts'
import type { Image } from '../../src/image/image.ts'
import { craneArchive, digest, docker29Archive, json, Layout, legacyArchive, named } from '../archive.ts'
import { bytesOf } from '../fixture.ts'
import { failure, open, openPiped, scratch } from '../source/open.ts'
import { folder } from './ways.ts'
import { skippableFrame, storedFrame } from './zstd-frames.ts'

const files = ['a', 'b', 'c'].map(name => file(name, bytesOf(300_000, name)))
const layer = archive(...files)
/** An entry ends where the first of these does, so that a tar cut there looks whole. */
const parts = [files[0] ?? layer, layer.subarray(files[0]?.length)]

type Compress = (layer: Buffer) => Buffer

/** The image by every way in which a compressed layer can come. */
async function opened(compress: Compress): Promise<Image[]> {
  const parts = { layers: [layer], name: 'app:1' }
  return [
    await open(folder(parts, compress), { platform: 'linux/amd64' }),
    await openPiped(await docker29Archive(parts, compress), { platform: 'linux/amd64' }),
    await openPiped(gzipSync(await docker29Archive(parts, compress)), { platform: 'linux/amd64' }),
  ]
}

async function expectWhole(compress: Compress): Promise<void> {
  for (const { layers } of await opened(compress)) {
    expect(layers.map(({ index, stored }) => [index.files, index.unpacked, index.verified, stored])).toEqual([
      [900_000, layer.length, true, compress(layer).length],
    ])
  }
}

/** The codes of a blob that is not what it was, though the manifest names it as it is. */
async function codes(blob: Buffer): Promise<string[]> {
  const layout = new Layout()
  const config = layout.add(json({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [digest(layer)] } }))
  const descriptor = { mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd', ...layout.add(blob) }
  const manifest = { schemaVersion: 2, config, layers: [descriptor] }
  layout.manifests.push(named({ ...layout.add(json(manifest)), platform: { os: 'linux', architecture: 'amd64' } }, '1'))
  const path = join(scratch(), 'layout')
  layout.write(path)
  const errors = await Promise.all([failure(open(path)), failure(openPiped(await docker(blob)))])
  return errors.map(({ code }) => code)
}

/** An archive of the first kind, whose manifest knows no sizes and no digests of blobs. */
async function docker(blob: Buffer): Promise<Buffer> {
  const config = { rootfs: { type: 'layers', diff_ids: [digest(layer)] } }
  return legacyArchive({ layers: [blob], config })
}

describe('a layer of several frames', () => {
  it.each<[string, Compress]>([
    ['two', () => Buffer.concat(parts.map(storedFrame))],
    ['two hundred', whole => Buffer.concat(pieces(whole, 200).map(storedFrame))],
    ['a skippable one first', whole => Buffer.concat([skippableFrame(Buffer.alloc(9)), storedFrame(whole)])],
    [
      'skippable and empty ones between',
      () => {
        const [first = layer, second = layer] = parts.map(storedFrame)
        const nothing = [skippableFrame(Buffer.alloc(0)), storedFrame(Buffer.alloc(0))]
        return Buffer.concat([...nothing, first, ...nothing, second, ...nothing])
      },
    ],
  ])('of zstd is read to its end: %s', (_, compress) => expectWhole(compress))

  it.each<[string, Compress]>([
    ['two', () => Buffer.concat(parts.map(part => gzipSync(part)))],
    ['two hundred', whole => Buffer.concat(pieces(whole, 200).map(part => gzipSync(part)))],
    ['with zeros behind', whole => Buffer.concat([gzipSync(whole), Buffer.alloc(5000)])],
  ])('of gzip is read to its end: %s', (_, compress) => expectWhole(compress))
})

describe('a layer that ends too early', () => {
  const second = parts.map(storedFrame)[0]?.length ?? 0

  it.each([second + 1, second + 8, second + 2000])('inside the second frame of zstd, at %d, is cut', async end => {
    const whole = Buffer.concat(parts.map(storedFrame))
    expect(await codes(whole.subarray(0, end))).toEqual(['ARCHIVE_TRUNCATED', 'ARCHIVE_TRUNCATED'])
  })

  it.each<[string, Compress]>([
    ['zstd', storedFrame],
    ['gzip', part => gzipSync(part)],
  ])('where a frame of %s and an entry of the tar end is not the layer that its digest names', async (_, compress) => {
    expect(await codes(compress(parts[0] ?? layer))).toEqual(['DIGEST_MISMATCH', 'DIGEST_MISMATCH'])
  })

  it('has junk behind it, behind zeros too: that is none of it', async () => {
    const junk = Buffer.from('junk behind the end')
    for (const tail of [[junk], [Buffer.alloc(2000), junk]])
      expect(await codes(Buffer.concat([gzipSync(layer), ...tail]))).toEqual(['ARCHIVE_INVALID', 'ARCHIVE_INVALID'])
  })
})

describe('an archive that is cut anywhere', () => {
  it('is one error, and never half an image', async () => {
    const small = archive(file('a', 'x'.repeat(700)), file('b', 'y'.repeat(700)))
    for (const whole of [await legacyArchive({ layers: [small] }), await craneArchive({ layers: [small] })]) {
      // With the manifest, which comes last, all that the image is made of is there.
      for (let end = 1; end < whole.lastIndexOf('manifest.json') + 512; end += 1021) {
        const path = join(scratch(), 'cut.tar')
        writeFileSync(path, whole.subarray(0, end))
        for (const error of [await failure(open(path)), await failure(openPiped(whole.subarray(0, end)))]) {
          expect(error).toBeInstanceOf(ImgauditError)
          expect(['ARCHIVE_TRUNCATED', 'NOT_AN_IMAGE', 'BARE_LAYER', 'BLOB_MISSING']).toContain(error.code)
        }
      }
    }
  })
})

describe('the empty layer', () => {
  it.each([
    ['sha256:4f4fb700ef54461cfa02571ae0db9a0dc1e0cdb5577484a6d75e68dc38e8acc1', '00000000'],
    ['sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4', '00096e88'],
  ])('%s has no entries, and is no error', async (name, time) => {
    // What Go's gzip makes of two blocks of zeros, without a time and with Docker's.
    const blob = Buffer.from(`1f8b0800${time}00ff621805a360148c5800080000ffff2eafb5ef00040000`, 'hex')
    expect([digest(blob), blob.length, gunzipSync(blob).length]).toEqual([name, 32, 1024])
    const layers = [archive(file('a', 'x')), Buffer.alloc(1024)]
    const compress = (each: Buffer) => (each.length === 1024 ? blob : gzipSync(each))
    const image = await open(folder({ layers }, compress), { platform: 'linux/amd64' })
    expect(
      image.layers.map(({ index, stored }) => [index.entries.length, index.files, index.unpacked, stored]),
    ).toEqual([
      [1, 1, 2048, gzipSync(layers[0] ?? blob).length],
      [0, 0, 1024, 32],
    ])
  })

  it('may have no bytes at all', async () => {
    const image = await openPiped(await legacyArchive({ layers: [archive(file('a', 'x')), Buffer.alloc(0)] }))
    expect(image.layers.map(({ index }) => index.entries.length)).toEqual([1, 0])
  })
})

function pieces(bytes: Buffer, count: number): Buffer[] {
  const size = Math.ceil(bytes.length / count)
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
}
