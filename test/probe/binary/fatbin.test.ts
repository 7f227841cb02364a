import { describe, expect, it } from 'vitest'
import expected from '../../../fixtures/gpu-code/expected.json' with { type: 'json' }
import { fatbinEntry, fatbinOf, gpuFixture, scanned, told } from './gpu-bytes.ts'

const other = Buffer.alloc(1000, 0x90)
const both = Buffer.concat([fatbinEntry({ arch: 80 }), fatbinEntry({ arch: 90, payload: 1024 })])

describe.each(Object.entries(expected))('%s', (name, { architectures, size }) => {
  const code = scanned(gpuFixture(name))

  it('has the bytes and entries that went in', () => {
    const found: Record<string, { bytes: number; entries: number }> = {}
    for (const { label, bytes } of [...(code?.containers() ?? [])].flatMap(({ pieces }) => pieces)) {
      if (label.kind === 'overhead') continue
      const before = found[label.arch] ?? { bytes: 0, entries: 0 }
      found[label.arch] = { bytes: before.bytes + bytes, entries: before.entries + 1 }
    }
    expect(found).toEqual(architectures)
    expect(gpuFixture(name)).toHaveLength(size)
    expect(code?.inexact).toBeUndefined()
  })

  it('claims its containers to the byte: entries, and 16 bytes for each', () => {
    const entries = Object.values(architectures).reduce((sum, { bytes }) => sum + bytes, 0)
    const containers = [...(code?.containers() ?? [])]
    expect(code?.bytes).toBe(entries + 16 * containers.length)
    expect(containers.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(code?.bytes)
  })
})

it('unfolds to the same, however it is compressed', () => {
  const [none, size] = ['multi_none.so', 'multi_size.so'].map(name => {
    const pieces = [...(scanned(gpuFixture(name))?.containers() ?? [])].flatMap(({ pieces }) => pieces)
    return pieces.map(({ label, unpacked }) => [label.arch, Math.ceil(unpacked / 8)])
  })
  expect(size).toEqual(none)
})

it('finds the container of an archive, whose members lie at even offsets', () => {
  expect(told(scanned(gpuFixture('multi.a'))).map(([form, start]) => [form, start % 8])).toEqual([
    ['fatbin', expect.any(Number)],
  ])
})

describe('labels', () => {
  const rows: [object, string, string][] = [
    [{ kind: 1, arch: 120 }, 'compute_120', 'ptx'],
    [{ kind: 1, arch: 90, flags: 0x100000 }, 'compute_90a', 'ptx'],
    [{ kind: 2, arch: 90, flags: 0x100011 }, 'sm_90a', 'machine'],
    [{ kind: 2, arch: 100, flags: 0x1200000 }, 'sm_100f', 'machine'],
    [{ kind: 4, arch: 20 }, 'sm_20', 'machine'],
    [{ kind: 8, arch: 75, flags: 0x18011 }, 'lto_75', 'lto'],
    [{ kind: 0x10, arch: 90 }, 'kind_0x10_90', 'other'],
    [{ kind: 3, arch: 90 }, 'kind_0x03_90', 'other'],
  ]
  it.each(rows)('%j is %s', (entry, arch, kind) => {
    const code = scanned(fatbinOf(fatbinEntry({ ...entry, headerSize: 112, unpacked: 5000 })))
    expect(code?.labels).toEqual([
      { arch: '', kind: 'overhead' },
      { arch, kind },
    ])
    expect([...(code?.containers() ?? [])][0]?.pieces[1]).toMatchObject({ bytes: 240, unpacked: 5000 })
    expect(code?.inexact).toBeUndefined()
  })
})

describe('containers', () => {
  it('lie at any offset', () => {
    const bytes = Buffer.concat([other.subarray(0, 13), fatbinOf(both), other])
    expect(told(scanned(bytes))).toEqual([['fatbin', 13, '- 16', 'sm_80 192', 'sm_90 1088']])
  })

  it('may be empty', () => {
    const bytes = Buffer.concat([other, fatbinOf(), fatbinOf(both)])
    expect(told(scanned(bytes))).toEqual([
      ['fatbin', 1000, '- 16'],
      ['fatbin', 1016, '- 16', 'sm_80 192', 'sm_90 1088'],
    ])
  })

  it('have zeros between them, which are theirs, and behind them, which are not', () => {
    const bytes = Buffer.concat([fatbinOf(both), Buffer.alloc(40), fatbinOf(both), Buffer.alloc(40), other])
    expect(told(scanned(bytes)).map(([, start, ...pieces]) => [start, pieces.at(-1)])).toEqual([
      [0, '- 40'],
      [1336, 'sm_90 1088'],
    ])
    const apart = Buffer.concat([fatbinOf(both), Buffer.alloc(39), Buffer.from('x'), fatbinOf(both)])
    expect(scanned(apart)?.bytes).toBe(2 * 1296)
    const far = Buffer.concat([fatbinOf(both), Buffer.alloc(4104), fatbinOf(both)])
    expect(scanned(far)?.bytes).toBe(2 * 1296)
  })

  it('have zeros within them', () => {
    const bytes = fatbinOf(Buffer.concat([both, Buffer.alloc(24), both, Buffer.alloc(8)]))
    const code = scanned(bytes)
    expect(told(code)[0]?.slice(2)).toEqual([
      '- 16',
      'sm_80 192',
      'sm_90 1088',
      '- 24',
      'sm_80 192',
      'sm_90 1088',
      '- 8',
    ])
    expect(code?.inexact).toBeUndefined()
  })
})

describe('the magic number alone', () => {
  const rows: [string, Buffer][] = [
    ['in an instruction', Buffer.from('81bda0feffff50ed55ba0f8400000000', 'hex')],
    ['of another version', Buffer.from('50ed55ba0200100000000000000000', 'hex')],
    ['with a size that is no multiple of 8', fatbinOf(both, 1281n)],
    ['with a size that no file has', fatbinOf(both, 1n << 60n)],
    ['with a size that has no room for an entry', fatbinOf(both, 56n)],
    ['without an entry behind it', fatbinOf(Buffer.alloc(640, 0x11))],
    ['with an entry of no size', fatbinOf(fatbinEntry({ headerSize: 64 }).fill(0, 4, 8))],
  ]
  it.each(rows)('is nothing %s', (_name, bytes) => {
    expect(scanned(Buffer.concat([other, bytes, other]))).toBeUndefined()
  })

  it('does not hide the container behind it', () => {
    const bytes = Buffer.concat([Buffer.from('50ed55ba', 'hex'), fatbinOf(both)])
    expect(told(scanned(bytes))).toHaveLength(1)
  })
})

describe('what does not fit itself', () => {
  it('keeps what was read, and says so: an entry passes the end', () => {
    const bytes = Buffer.concat([fatbinOf(Buffer.concat([fatbinEntry(), fatbinEntry({ payload: 64 })]), 256n), other])
    const code = scanned(bytes)
    expect(told(code)).toEqual([['fatbin', 0, '- 16', 'sm_90 192', 'unread 64']])
    expect(code?.inexact).toBe('a container does not fit itself')
  })

  it('does so for more zeros than are padding', () => {
    const code = scanned(fatbinOf(Buffer.concat([both, Buffer.alloc(5000)])))
    expect(told(code)[0]?.slice(2)).toEqual(['- 16', 'sm_80 192', 'sm_90 1088', '- 4096', 'unread 904'])
    expect(code?.inexact).toBe('a container does not fit itself')
  })

  it('and where the file is cut short', () => {
    const code = scanned(Buffer.concat([other, fatbinOf(both)]).subarray(0, 1500))
    expect(told(code)).toEqual([['fatbin', 1000, '- 16', 'sm_80 192', 'unread 292']])
    expect(code?.inexact).toBe('a container is cut short')
  })

  it('and an old fat binary, of which nothing is read', () => {
    const old = Buffer.alloc(128)
    old.writeUInt32LE(0x1ee55a01, 0)
    old.writeUInt32LE(4, 8)
    const code = scanned(Buffer.concat([other, old, fatbinOf(both)]))
    expect(code?.inexact).toBe('an old fat binary was not read')
    expect(told(code)).toHaveLength(1)
    expect(scanned(Buffer.concat([other, old]))?.inexact).toBe('an old fat binary was not read')
  })

  it('and more pieces than are kept', () => {
    const many = fatbinOf(Buffer.concat(Array.from({ length: 1000 }, () => fatbinEntry({ payload: 0 }))))
    const code = scanned(Buffer.concat(Array.from({ length: 1001 }, () => many)))
    expect(code?.inexact).toBe('more than 1,000,000 pieces, and those behind them were not read')
    expect([...(code?.containers() ?? [])]).toHaveLength(1000)
  })
})
