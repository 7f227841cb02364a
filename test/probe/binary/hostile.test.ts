import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryBytes } from '../../../src/bytes/memory.ts'
import { agree, examined, passed, plain } from './read.ts'

const fixtures = new URL('../../../fixtures/gpu-code/', import.meta.url)
const files: readonly (readonly [path: string, bytes: Buffer])[] = [
  ['/usr/lib/rdc.so', readFileSync(new URL('rdc.so', fixtures))],
  ['/usr/lib/sm90_only.so', readFileSync(new URL('sm90_only.so', fixtures))],
  ['/usr/lib/multi.a', readFileSync(new URL('multi.a', fixtures))],
]

/** What a header can say that nobody means. */
const numbers = [0n, 1n, 8n, 0xffn, 0xffffn, 0x10000n, 0x7fffffffn, 0xffffffffn, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]

const change = fc.record({
  // Headers stand at the front, tables at the end.
  place: fc.oneof(
    fc.nat(1023),
    fc.nat(4095).map(back => -1 - back),
    fc.nat(),
  ),
  value: fc.oneof(fc.constantFrom(...numbers), fc.bigInt({ min: 0n, max: 70_000n })),
  width: fc.constantFrom(1, 2, 4, 8),
})

function changed(bytes: Buffer, changes: readonly { place: number; value: bigint; width: number }[]): Buffer {
  const out = Buffer.from(bytes)
  const word = Buffer.alloc(8)
  for (const { place, value, width } of changes) {
    word.writeBigUInt64LE(value)
    const at = place < 0 ? Math.max(0, out.length + place) : place % out.length
    word.copy(out, at, 0, width)
  }
  return out
}

describe.each(files)('%s with damage', (path, whole) => {
  it('gives facts, the same as it passes and by seeking, and parts of no more than there is', () => {
    const cut = fc.option(fc.integer({ min: 64, max: whole.length }), { nil: whole.length, freq: 3 })
    const damage = fc.array(change, { maxLength: 6 })
    fc.assert(
      fc.property(damage, cut, fc.constantFrom(64, 997, 4096, 65_536), (changes, length, chunkSize) => {
        const bytes = changed(whole, changes).subarray(0, length)
        const sought = examined(path, memoryBytes(bytes))
        const other = passed(path, memoryBytes(bytes), chunkSize)
        if (!agree(sought, other)) expect(plain(other)).toEqual(plain(sought))
        const { parts, strippable = [] } = sought ?? {}
        expect(Object.values(parts ?? {}).reduce((sum, part) => sum + part, 0)).toBeLessThanOrEqual(length)
        for (const part of Object.values(parts ?? {})) expect(part).toBeGreaterThanOrEqual(0)
        for (const { start, end } of strippable) expect(start < end && end <= length).toBe(true)
      }),
      { numRuns: Number(process.env.IMGAUDIT_RUNS ?? 300) },
    )
  }, 300_000)
})

it('gives facts of anything behind the magic number', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 64, maxLength: 2000 }),
      fc.constantFrom('\x7fELF\x02\x01', '!<arch>\n'),
      (tail, magic) => {
        const bytes = Buffer.concat([Buffer.from(magic, 'latin1'), tail])
        const sought = examined('/x.so', memoryBytes(bytes))
        expect(sought).toBeDefined()
        const other = passed('/x.so', memoryBytes(bytes), 100)
        if (!agree(sought, other)) expect(plain(other)).toEqual(plain(sought))
      },
    ),
  )
})
