import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Compression, inflate, inflater } from '../../src/bytes/inflate.ts'
import { IntakePoints } from '../../src/bytes/intake-points.ts'
import { memoryBytes } from '../../src/bytes/memory.ts'
import { LayerIndexer, seekLayer } from '../../src/image/indexer.ts'
import { StoredShares } from '../../src/image/stored-shares.ts'
import { digest, layerTar, type Parts, tarOf } from '../archive.ts'
import { noZstd, zstd } from '../bytes/outcome.ts'
import { missing } from '../bytes/tools.ts'
import { chunked } from '../tar/list.ts'

const noPigz = missing('pigz')

/** Pushed through an inflater, or asked for, in pieces of any size. */
async function shares(blob: Buffer, compression: Compression, sizes: number[], way: 'push' | 'pull') {
  const indexer = new LayerIndexer({ route: 'stream' })
  const points = new IntakePoints()
  let length = 0
  let reached = 0
  const intake = {
    add(count: number, consumed: number) {
      expect(consumed).toBeGreaterThanOrEqual(reached)
      expect(consumed).toBeLessThanOrEqual(blob.length)
      reached = consumed
      length += count
      points.add(count, consumed)
    },
  }
  if (way === 'push') {
    const decoder = inflater(compression, (chunk, consumed) => {
      intake.add(chunk.length, consumed)
      indexer.push(chunk)
    })
    for await (const chunk of chunked(blob, sizes)) await decoder.push(chunk)
    await decoder.end()
  } else for await (const chunk of inflate(chunked(blob, sizes), undefined, intake)) indexer.push(chunk)
  const index = await indexer.end()
  expect(length).toBe(index.unpacked)
  const found = StoredShares.measured(index.entries, points, { digest: digest(blob), size: blob.length })
  expectWhole(found, blob.length, index.entries.length)
  return { found, index, reached }
}

function expectWhole(found: StoredShares, size: number, entries: number): number[] {
  const all = Array.from({ length: found.length }, (_, ordinal) => found.of(ordinal))
  expect(all).toHaveLength(entries)
  for (const share of [...all, found.rest]) {
    expect(Number.isSafeInteger(share)).toBe(true)
    expect(share).toBeGreaterThanOrEqual(0)
  }
  expect(all.reduce((sum, share) => sum + share, found.rest)).toBe(size)
  return all
}

const random = randomBytes(400_000)

const content = fc.oneof(
  fc.nat(400_000).map(size => random.subarray(0, size)),
  fc.nat(400_000).map(size => Buffer.alloc(size, 'imgaudit ')),
  fc.constant(Buffer.alloc(0)),
)

const tar = fc.array(content, { maxLength: 8 }).map(contents => {
  const parts: Parts = contents.map((bytes, at) => [`dir/${at}`, bytes] as const)
  return tarOf([['dir/', 'folder'], ...parts, ['dir/link', { hardlink: 'dir/0' }]])
})

/** Of a stream that may be cut into members or frames anywhere. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 })

function inParts(bytes: Buffer, at: readonly number[], compress: (bytes: Buffer) => Buffer): Buffer {
  const ends = [...at.map(share => Math.floor(share * bytes.length)).sort((a, b) => a - b), bytes.length]
  return Buffer.concat(ends.map((end, part) => compress(bytes.subarray(ends[part - 1] ?? 0, end))))
}

const way = fc.constantFrom('push' as const, 'pull' as const)
const sizes = fc.oneof(
  fc.constant<number[]>([1024 * 1024]),
  fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 3 }),
)

describe('the share of the blob that each entry costs', () => {
  it('sums with the rest to the blob: gzip of any level, of several members, with zeros behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        tar,
        fc.integer({ min: 1, max: 9 }),
        cuts,
        fc.nat(2000),
        sizes,
        way,
        async (made, level, at, zeros, sizes, way) => {
          const blob = inParts(await made, at, bytes => gzipSync(bytes, { level }))
          await shares(Buffer.concat([blob, Buffer.alloc(zeros)]), 'gzip', sizes, way)
        },
      ),
      { numRuns: 60 },
    )
  })

  it.skipIf(noZstd)('and zstd of any level, of several frames, skippable ones among them', async () => {
    const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5])
    await fc.assert(
      fc.asyncProperty(tar, fc.constantFrom(1, 3, 9, 19), cuts, sizes, way, async (made, level, at, sizes, way) => {
        const blob = inParts(await made, at, bytes => Buffer.concat([skippable, zstd(bytes, `-${level}`)]))
        await shares(Buffer.concat([blob, skippable]), 'zstd', sizes, way)
      }),
      { numRuns: 15 },
    )
  })

  it.skipIf(noPigz)('and what pigz makes of it, with one core and several', async () => {
    const bytes = await layerTar({ a: random, b: Buffer.alloc(2_000_000, 'text '), c: random })
    for (const options of [['-p1'], ['-p4', '-b128'], ['-p4', '-i'], ['-9', '-R']]) {
      const blob = spawnSync('pigz', ['-c', ...options], { input: bytes, maxBuffer: 2 ** 30 }).stdout
      const { found } = await shares(blob, 'gzip', [65_536], 'pull')
      expect(found.of(1)).toBeLessThan(60_000)
    }
  })

  it('is the span where the blob is plain, however it is read', async () => {
    const bytes = await layerTar({ a: random, b: Buffer.alloc(3000) })
    const index = await seekLayer(memoryBytes(bytes), digest(bytes))
    const spans = Array.from({ length: index.entries.length }, (_, ordinal) => index.entries.span(ordinal))
    expect(expectWhole(StoredShares.plain(index), bytes.length, spans.length)).toEqual(spans)
    const { found } = await shares(bytes, 'plain', [999], 'pull')
    expect(expectWhole(found, bytes.length, spans.length)).toEqual(spans)
  })

  it("counts what is behind the last entry as nobody's", async () => {
    const bytes = await layerTar({ a: random })
    const behind = gzipSync(Buffer.concat([bytes, randomBytes(300_000)]))
    const { found } = await shares(behind, 'gzip', [50_000], 'push')
    expect(Math.abs(found.rest - 300_000)).toBeLessThan(3000)
    const zeros = Buffer.concat([gzipSync(bytes), Buffer.alloc(5000)])
    expect((await shares(zeros, 'gzip', [50_000], 'push')).found.rest).toBeGreaterThanOrEqual(5000)
  })

  it('is had again out of a file, of the same blob alone', async () => {
    const blob = gzipSync(await layerTar({ a: random, b: 'b' }))
    const { found } = await shares(blob, 'gzip', [4096], 'pull')
    const file = Buffer.concat(found.pack())
    const again = StoredShares.unpack(Buffer.from(file), digest(blob))
    expect(again).toEqual(found)
    expect(() => StoredShares.unpack(Buffer.from(file), digest(Buffer.from('another')))).toThrow('another blob')
  })
})

describe('the prediction', () => {
  const text = (seed: string) =>
    Buffer.from(Array.from({ length: 60_000 }, (_, at) => `${seed} line ${(at * 7919) % 10_007}\n`).join(''))
  const large = randomBytes(12_000_000)
  const others = { 'a/first': text('one'), 'z/last': text('two') }

  const compressors: [string, boolean, Compression, (bytes: Buffer) => Buffer][] = [
    ['gzip -6', false, 'gzip', bytes => gzipSync(bytes)],
    ['gzip -1', false, 'gzip', bytes => gzipSync(bytes, { level: 1 })],
    ['pigz', noPigz, 'gzip', bytes => spawnSync('pigz', ['-c'], { input: bytes, maxBuffer: 2 ** 30 }).stdout],
    ['zstd -3', noZstd, 'zstd', bytes => zstd(bytes, '-3')],
    ['zstd -12', noZstd, 'zstd', bytes => zstd(bytes, '-12')],
  ]

  // What the blob really loses when a file is not in the layer, to 1 %.
  it.each(compressors.filter(([, absent]) => !absent))(
    'of what a large file costs is right: %s',
    async (_, __, kind, compress) => {
      const blob = compress(
        await layerTar({ 'a/first': others['a/first'], 'm/large': large, 'z/last': others['z/last'] }),
      )
      const without = compress(await layerTar(others))
      for (const way of ['push', 'pull'] as const) {
        const { found, index } = await shares(blob, kind, [1024 * 1024], way)
        expect(index.entries.path(1)).toBe('/m/large')
        const difference = blob.length - without.length
        expect(Math.abs(found.of(1) - difference) / difference).toBeLessThan(0.01)
      }
    },
  )
})
