import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { gpuFixture, scanned, told } from './gpu-bytes.ts'

const other = Buffer.alloc(777, 'other ')

/** What clang 19 wrote, by readelf: `.hip_fatbin` at 4096, 20640 bytes, and 1736 bytes compressed. */
const objects = [
  ['gfx1100', 3488],
  ['gfx90a:xnack-', 4256],
  ['gfx942', 4256],
] as const

/** Clang's bundle, by its layout. */
function bundle(entries: readonly (readonly [name: string, offset: number, size: number])[], size: number): Buffer {
  const number = (value: number) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(BigInt(value))
    return bytes
  }
  const rows = entries.flatMap(([name, offset, bytes]) => [
    number(offset),
    number(bytes),
    number(name.length),
    Buffer.from(name),
  ])
  const table = Buffer.concat([Buffer.from('__CLANG_OFFLOAD_BUNDLE__'), number(entries.length), ...rows])
  return Buffer.concat([table, Buffer.alloc(size - table.length, 0x11)])
}

/** A compressed bundle's header before its payload; `total` where it is a lie. */
function compressed(version: number, method: number, payload: Buffer, total?: number): Buffer {
  const size = [0, 20, 24, 32][version] ?? 24
  const header = Buffer.alloc(size)
  header.write('CCOB')
  header.writeUInt16LE(version, 4)
  header.writeUInt16LE(method, 6)
  if (version === 2) header.writeUInt32LE(total ?? size + payload.length, 8)
  if (version >= 3) header.writeBigUInt64LE(BigInt(total ?? size + payload.length), 8)
  return Buffer.concat([header, payload])
}

describe("Clang's offload bundle", () => {
  it('has the code of each architecture, and the gaps between as overhead', () => {
    const code = scanned(gpuFixture('amd/bundle.o'))
    const [container] = code?.containers() ?? []
    expect(container).toMatchObject({ form: 'bundle', start: 4096, bytes: 0x50a0 })
    const pieces = container?.pieces.filter(({ label }) => label.kind !== 'overhead')
    expect(pieces?.map(({ label, bytes }) => [label.arch, bytes])).toEqual(objects)
    expect(code?.inexact).toBeUndefined()
  })

  it.each([
    ['host-x86_64-unknown-linux-gnu-', 'host', 'other'],
    ['hipv4-amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-', 'gfx90a:sramecc+:xnack-', 'machine'],
    ['hip-amdgcn-amd-amdhsa-gfx906', 'gfx906', 'machine'],
    ['hipv4-amdgcn-amd-amdhsa--gfx9-4-generic', 'gfx9-4-generic', 'machine'],
    ['hip-spirv64-amd-amdhsa--amdgcnspirv', 'amdgcnspirv', 'ptx'],
    ['openmp-nvptx64-nvidia-cuda--sm_70', 'sm_70', 'machine'],
    ['sycl-spir64-unknown-unknown', 'unknown', 'other'],
  ])('%s is %s', (name, arch, kind) => {
    const code = scanned(Buffer.concat([other, bundle([[name, 128, 1000]], 1128), other]))
    expect(code?.labels[1]).toEqual({ arch, kind })
    expect(told(code)).toEqual([['bundle', 777, '- 128', `${arch} 1000`]])
  })

  it('keeps what was read where objects overlap, and where the file ends before it', () => {
    const over = bundle(
      [
        ['hip-amdgcn-amd-amdhsa--gfx906', 128, 1000],
        ['hip-amdgcn-amd-amdhsa--gfx908', 512, 1000],
      ],
      1512,
    )
    const code = scanned(Buffer.concat([over, other]))
    expect(told(code)).toEqual([['bundle', 0, '- 128', 'gfx906 1000', 'unread 384']])
    expect(code?.inexact).toBe('a container does not fit itself')
    const cut = scanned(bundle([['hip-amdgcn-amd-amdhsa--gfx906', 128, 1000]], 1128).subarray(0, 628))
    expect(told(cut)).toEqual([['bundle', 0, '- 128', 'gfx906 500']])
    expect(cut?.inexact).toBe('a container is cut short')
  })

  it('is nothing where its table is none', () => {
    const many = bundle([['hip-amdgcn-amd-amdhsa--gfx906', 128, 1000]], 1128)
    many.writeUInt32LE(5000, 24)
    const name = bundle([['hip\n', 128, 1000]], 1128)
    const text = Buffer.from('the magic string "__CLANG_OFFLOAD_BUNDLE__" is 24 bytes, and this is a sentence about it')
    for (const bytes of [many, name, text]) expect(scanned(Buffer.concat([bytes, other]))).toBeUndefined()
  })
})

describe('a compressed bundle', () => {
  const file = gpuFixture('amd/compressed.o')
  const whole = file.subarray(4096, 4096 + 0x6c8)
  const payload = whole.subarray(24)
  const told4 = ['- 24', 'gfx1100 498', 'gfx90a:xnack- 607', 'gfx942 607']

  it('shares its bytes by size, and says that this is estimated', () => {
    const code = scanned(file)
    expect(told(code)).toEqual([['bundle', 4096, ...told4]])
    expect(code?.bytes).toBe(whole.length)
    expect(code?.inexact).toMatch(/estimated$/)
    const unpacked = [...(code?.containers() ?? [])][0]?.pieces.slice(1).map(piece => piece.unpacked)
    expect(unpacked).toEqual(objects.map(([, size]) => size))
  })

  it.each([
    [1, 20],
    [3, 32],
  ])('of version %i is the same behind its header', (version, header) => {
    const code = scanned(Buffer.concat([other, compressed(version, 1, payload), other]))
    expect(told(code)).toEqual([['bundle', 777, `- ${header}`, ...told4.slice(1)]])
  })

  it('by zlib is the same, but in version 1 its end is not known', () => {
    const plain = bundle(
      [
        ['host-x86_64--', 4096, 0],
        ['hip-amdgcn-amd-amdhsa--gfx906', 4096, 50_000],
      ],
      54_096,
    )
    const zlib = deflateSync(plain)
    const code = scanned(Buffer.concat([compressed(2, 0, zlib), other]))
    expect(told(code)).toEqual([['bundle', 0, '- 24', `gfx906 ${zlib.length}`]])
    // One architecture has all of it: nothing is estimated.
    expect(code?.inexact).toBeUndefined()
    const first = scanned(Buffer.concat([compressed(1, 0, zlib), other]))
    expect(told(first)).toEqual([['bundle', 0, '- 20']])
    expect(first?.inexact).toBe('a compressed bundle does not say where it ends')
  })

  it('is followed by its size: another within it is none', () => {
    const inner = Buffer.concat([payload, compressed(2, 1, payload)])
    const code = scanned(Buffer.concat([compressed(2, 1, inner), compressed(2, 1, payload), other]))
    expect(told(code).map(([, start]) => start)).toEqual([0, 24 + inner.length])
  })

  it('that cannot be unfolded, or is cut, is counted and not named', () => {
    const wrong = Buffer.from(payload)
    wrong.fill(0xff, 20, 200)
    const code = scanned(Buffer.concat([compressed(2, 1, wrong), other]))
    expect(told(code)).toEqual([['bundle', 0, '- 24', `unread ${wrong.length}`]])
    expect(code?.inexact).toBe('a compressed bundle could not be read')
    expect(scanned(whole.subarray(0, 1000))).toMatchObject({
      bytes: 1000,
      inexact: 'a compressed bundle could not be read',
    })
  })

  it('is none without a payload of a known method', () => {
    const bytes = [compressed(2, 1, other), compressed(2, 7, payload), compressed(9, 1, payload), Buffer.from('CCOB')]
    for (const one of bytes) expect(scanned(Buffer.concat([other, one, other]))).toBeUndefined()
  })
})

describe("LLVM's offload binary", () => {
  it('has one image for each architecture', () => {
    const code = scanned(gpuFixture('amd/offload.o'))
    const containers = [...(code?.containers() ?? [])]
    // .llvm.offloading, by readelf.
    expect(containers[0]?.start).toBe(0xe0)
    expect(code?.bytes).toBe(0x3058)
    const pieces = containers.flatMap(({ form, pieces }) => pieces.map(({ label }) => [form, label.arch, label.kind]))
    expect(pieces.filter(([, , kind]) => kind !== 'overhead').map(([form, arch]) => `${form} ${arch}`)).toEqual([
      'offload gfx1100',
      'offload gfx90a:xnack-',
      'offload gfx942',
    ])
    expect(code?.inexact).toBeUndefined()
  })

  /** Two images, by the layout of version 2. */
  function second(kinds: readonly [number, number]): Buffer {
    const bytes = Buffer.alloc(1024, 0x22)
    const numbers = (at: number, ...values: number[]) => {
      for (const [index, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), at + index * 8)
    }
    bytes.writeUInt32BE(0x10ff10ad, 0)
    bytes.writeUInt32LE(2, 4)
    numbers(8, 1024, 32, 2)
    for (const [index, kind] of kinds.entries()) {
      const at = 32 + index * 40
      const strings = 112 + index * 24
      bytes.fill(0, at, at + 8)
      bytes.writeUInt16LE(kind, at)
      numbers(at + 8, strings, 1, 192 + index * 400, 400)
      numbers(strings, 160, 168 + index * 8, 5)
    }
    bytes.write('arch\0', 160)
    bytes.write('sm_70\0', 168)
    bytes.write('sm_90\0', 176)
    return bytes
  }

  it('of version 2 has several', () => {
    expect(told(scanned(Buffer.concat([other, second([1, 2]), other])))).toEqual([
      ['offload', 777, '- 192', 'sm_70 400', 'lto_90 400', '- 32'],
    ])
    expect(scanned(second([5, 3]))?.labels.slice(1)).toEqual([
      { arch: 'compute_70', kind: 'ptx' },
      { arch: 'sm_90', kind: 'machine' },
    ])
  })

  it('is none where it does not fit itself, and kept where it is cut', () => {
    const long = second([1, 1])
    long.writeUInt32LE(2000, 32 + 32)
    expect(scanned(Buffer.concat([long, other]))).toBeUndefined()
    const cut = scanned(second([1, 1]).subarray(0, 900))
    expect(told(cut)).toEqual([['offload', 0, '- 192', 'sm_70 400', 'sm_90 308']])
    expect(cut?.inexact).toBe('a container is cut short')
  })
})
