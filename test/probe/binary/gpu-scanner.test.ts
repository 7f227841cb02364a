import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GpuScanner } from '../../../src/probe/binary/gpu-scanner.ts'
import { fatbinEntry, fatbinOf, gpuFixture, scanned, told } from './gpu-bytes.ts'

const fatbin = fatbinOf(Buffer.concat([fatbinEntry({ arch: 80 }), fatbinEntry({ payload: 4096 })]))
const frame = gpuFixture('sm_90.cubin.zst')
const frames = Buffer.concat([Buffer.alloc(99, 1), frame, Buffer.alloc(13), gpuFixture('sm_120.cubin.zst'), fatbin])
const zeros = Buffer.concat([
  fatbin,
  Buffer.alloc(4000),
  fatbin,
  Buffer.alloc(8),
  fatbinOf(),
  Buffer.alloc(5000),
  fatbin,
])

const samples: readonly (readonly [name: string, bytes: Buffer])[] = [
  ...['multi_size.so', 'rdc.so', 'multi.a', 'amd/bundle.o', 'amd/compressed.o', 'amd/offload.o'].map(
    name => [name, gpuFixture(name)] as const,
  ),
  ['bare frames', frames],
  ['zeros between containers', zeros],
  ['a cut container', fatbin.subarray(0, 4000)],
]

describe.each(samples)('%s', (_name, bytes) => {
  const whole = scanned(bytes, { frames: true })

  it('gives the same in single bytes', () => {
    expect(scanned(bytes, { frames: true, cuts: [1] })?.packed).toEqual(whole?.packed)
    expect(scanned(bytes, { frames: true, cuts: [1], all: true })?.packed).toEqual(whole?.packed)
  })

  it('gives the same however it is cut', () => {
    expect(whole).toBeDefined()
    const size = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 9000 }))
    const cuts = fc.array(size, { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(cuts, fc.boolean(), (cuts, all) => {
        expect(scanned(bytes, { frames: true, cuts, all })?.packed).toEqual(whole?.packed)
      }),
      { numRuns: 60 },
    )
  })

  it('gives a result for any bytes that it was damaged to, the same however they are cut', () => {
    const change = fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.constantFrom(0, 1, 0x7f, 0xff, 0x50))
    const end = fc.integer({ min: 1, max: bytes.length })
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 8 }),
        end,
        fc.integer({ min: 1, max: 5000 }),
        (changes, length, cut) => {
          const damaged = Buffer.from(bytes)
          for (const [at, value] of changes) damaged[at] = value
          // Half of the changes go where the headers are.
          for (const [at, value] of changes) damaged[(whole?.packed.containers[1] ?? 0) + (at % 128)] = value
          const some = damaged.subarray(0, length)
          expect(scanned(some, { frames: true, cuts: [cut] })?.packed).toEqual(scanned(some, { frames: true })?.packed)
        },
      ),
      { numRuns: 80 },
    )
  })
})

it('gives a result for any bytes', () => {
  const magic = ['50ed55ba01001000', '28b52ffd', '43434f42', '10ff10ad01000000', '015ae51e00000000', '0101400000', '00']
  const pieces = [...magic.map(hex => Buffer.from(hex, 'hex')), Buffer.from('__CLANG_OFFLOAD_BUNDLE__')]
  const piece = fc.oneof(fc.constantFrom(...pieces), fc.uint8Array({ maxLength: 20 }).map(Buffer.from))
  const made = fc.array(piece, { maxLength: 40 }).map(all => Buffer.concat(all))
  fc.assert(
    fc.property(made, fc.integer({ min: 1, max: 64 }), (bytes, cut) => {
      expect(scanned(bytes, { frames: true, cuts: [cut] })?.packed).toEqual(scanned(bytes, { frames: true })?.packed)
    }),
    { numRuns: 1000 },
  )
})

describe('bytes that were left out', () => {
  const code = Buffer.alloc(5000, 0x90)
  const bytes = Buffer.concat([code, fatbin, code, fatbin])

  it('change nothing where no container is', () => {
    expect(told(scanned(bytes, { hole: [100, 4900], cuts: [64] }))).toEqual(told(scanned(bytes)))
  })

  it('may lie in a payload, which is skipped', () => {
    const payload = 5000 + 16 + 192 + 64
    expect(told(scanned(bytes, { hole: [payload + 100, payload + 4000], cuts: [64], all: true }))).toEqual(
      told(scanned(bytes)),
    )
  })

  it('are not looked for: a container that begins before them is found by its header alone', () => {
    expect(told(scanned(bytes, { hole: [5040, 12_000], cuts: [5040] })).map(([, start]) => start)).toEqual([
      5000 + fatbin.length + 5000,
    ])
    // Its first entry was read; the next one was left out.
    const found = scanned(bytes, { hole: [5220, 6000], cuts: [5220] })
    expect(told(found)[0]).toEqual(['fatbin', 5000, '- 16', 'sm_80 192', 'unread 4160'])
    expect(found?.inexact).toBe('a container does not fit itself')
  })

  it('part zeros that would be padding', () => {
    const padded = Buffer.concat([fatbin, Buffer.alloc(4000), fatbin])
    expect(scanned(padded)?.bytes).toBe(padded.length)
    expect(scanned(padded, { hole: [5000, 6000], cuts: [100] })?.bytes).toBe(2 * fatbin.length)
  })
})

describe('what it asks for', () => {
  it('is the next byte while it searches, and what follows a payload', () => {
    const scanner = new GpuScanner(20_000, { frames: false })
    expect(scanner.push(Buffer.alloc(1000, 0x90), 0)).toBe(1000)
    expect(scanner.push(fatbin.subarray(0, 80), 1000)).toBe(1000 + 16 + 192)
    expect(scanner.push(fatbin.subarray(208, 272), 1208)).toBe(1000 + fatbin.length)
    expect(scanner.push(Buffer.alloc(10), 1000 + fatbin.length)).toBe(1010 + fatbin.length)
    expect(scanner.end()?.bytes).toBe(fatbin.length)
  })

  it('is nothing but the rest where nothing is', () => {
    expect(scanned(Buffer.alloc(100_000))).toBeUndefined()
    expect(scanned(Buffer.alloc(0))).toBeUndefined()
  })
})
