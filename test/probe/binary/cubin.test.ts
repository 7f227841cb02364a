import { describe, expect, it } from 'vitest'
import { cubinOf } from '../../../src/probe/binary/cubin.ts'
import { fatbinEntry, fatbinOf, gpuFixture, scanned, told } from './gpu-bytes.ts'

/** The header of a cubin: EI_ABIVERSION at 8, e_machine at 18, e_flags at 48. */
function head(abi: number, flags: number, machine = 190): Buffer {
  const bytes = Buffer.alloc(64)
  bytes.write('7f454c4602010133', 'hex')
  bytes[8] = abi
  bytes.writeUInt16LE(machine, 18)
  bytes.writeUInt32LE(flags, 48)
  return bytes
}

describe('a file that is a cubin', () => {
  const rows: [string, Buffer, string][] = [
    ['before CUDA 13', head(7, 0x46054b), 'sm_75'],
    ['before CUDA 13, for one GPU alone', head(7, 0x5a0d5a), 'sm_90a'],
    ['of CUDA 13', head(8, 0x06005a04), 'sm_90'],
    ['of CUDA 13, three digits', head(8, 0x06007802), 'sm_120'],
    ['that does not say for what', head(8, 0), 'cubin'],
  ]
  it.each(rows)('%s', (_name, bytes, arch) => {
    const kind = arch === 'cubin' ? 'other' : 'machine'
    const pieces = [{ label: { arch, kind }, bytes: 4096, unpacked: 4096 }]
    expect(cubinOf(bytes, 4096)).toEqual({ form: 'cubin', start: 0, bytes: 4096, pieces })
  })

  it.each([
    [0x2a, 'gfx803', 'machine'],
    [0x53f, 'gfx90a', 'machine'],
    [0x54c, 'gfx942', 'machine'],
    [0x4e, 'gfx1201', 'machine'],
    [0x5f, 'gfx9-4-generic', 'machine'],
    [0x27, 'unknown', 'other'],
    [0xff, 'unknown', 'other'],
  ])("is AMD's like by the processor of its flags, %i", (flags, arch, kind) => {
    expect(cubinOf(head(3, flags, 224), 4096)?.pieces).toEqual([{ label: { arch, kind }, bytes: 4096, unpacked: 4096 }])
  })

  it('is none of another machine, and none that is cut', () => {
    expect(cubinOf(head(8, 0x5a04, 62), 4096)).toBeUndefined()
    expect(cubinOf(head(8, 0x5a04).subarray(0, 60), 60)).toBeUndefined()
    expect(cubinOf(Buffer.alloc(64), 64)).toBeUndefined()
  })
})

describe('a bare zstd frame', () => {
  const [small, large] = [gpuFixture('sm_90.cubin.zst'), gpuFixture('sm_120.cubin.zst')]
  const text = Buffer.alloc(500, 'text ')

  it('is GPU code where it unfolds to a cubin', () => {
    const code = scanned(Buffer.concat([text, small, Buffer.alloc(12), large, text]), { frames: true })
    expect(told(code)).toEqual([
      ['frame', 500, `sm_90 ${small.length}`, '- 12'],
      ['frame', 512 + small.length, `sm_120 ${large.length}`],
    ])
    expect([...(code?.containers() ?? [])].map(({ pieces }) => pieces[0]?.unpacked)).toEqual([16_048, 32_504])
    expect(code?.inexact).toBeUndefined()
  })

  it('is left alone where that is not asked for', () => {
    expect(scanned(Buffer.concat([text, small]))).toBeUndefined()
  })

  it('is none of other things: text, damaged bytes, a dictionary', () => {
    // One raw block.
    const raw = Buffer.concat([Buffer.from('28b52ffd2040010200', 'hex'), text.subarray(0, 64)])
    const damaged = Buffer.from(small)
    damaged.fill(0xff, 20, 60)
    const dictionary = Buffer.from(small)
    dictionary[4] = (dictionary[4] ?? 0) | 1
    expect(scanned(Buffer.concat([raw, damaged, dictionary, text]), { frames: true })).toBeUndefined()
  })

  it('may have its cubin in a raw block, and more blocks behind it', () => {
    const cubin = Buffer.concat([head(8, 0x06005a04), Buffer.alloc(36, 7)])
    const blocks = [
      Buffer.from([0x20, 0x03, 0]),
      cubin,
      Buffer.from([0x02, 0x10, 0, 9]),
      Buffer.from([1, 0, 0]),
      Buffer.from('abcd'),
    ]
    const bytes = Buffer.concat([text, Buffer.from('28b52ffd0458', 'hex'), ...blocks, text])
    expect(told(scanned(bytes, { frames: true }))).toEqual([['frame', 500, `sm_90 ${6 + 103 + 4 + 3 + 4}`]])
  })

  it('that is cut keeps what is there', () => {
    const bytes = Buffer.concat([Buffer.from('28b52ffd0458200300', 'hex'), head(8, 0x06005a04), Buffer.alloc(36, 7)])
    const code = scanned(bytes, { frames: true })
    expect(told(code)).toEqual([['frame', 0, `sm_90 ${bytes.length}`]])
    expect(code?.inexact).toBe('a container is cut short')
  })

  it('is not looked for behind a thousand of other things', () => {
    const other = Buffer.from('28b52ffd2001090000610000000000', 'hex')
    const bytes = (count: number) => Buffer.concat([...Array.from({ length: count }, () => other), small, text])
    expect(scanned(bytes(1000), { frames: true })?.bytes).toBe(small.length)
    const beyond = scanned(bytes(1001), { frames: true })
    expect(beyond?.bytes).toBe(0)
    expect(beyond?.inexact).toMatch(/^more than 1,000 zstd frames/)
  })

  it('within a container is the container’s', () => {
    const entry = fatbinEntry({ payload: 4096, unpacked: 16_048 })
    small.copy(entry, 64)
    expect(told(scanned(fatbinOf(entry), { frames: true }))).toEqual([['fatbin', 0, '- 16', 'sm_90 4160']])
  })
})
