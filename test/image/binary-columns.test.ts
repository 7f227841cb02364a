import { expect, test } from 'vitest'
import { binariesFromColumns, binaryColumns } from '../../src/image/binary-columns.ts'
import type { Binary } from '../../src/probe/binary/binary.ts'
import { GpuCode } from '../../src/probe/binary/gpu-code.ts'

const machine = { arch: 'sm_90a', kind: 'machine' } as const
const overhead = { arch: '', kind: 'overhead' } as const

const gpu = GpuCode.of([
  {
    form: 'fatbin',
    start: 4096,
    bytes: 116,
    pieces: [
      { label: overhead, bytes: 16, unpacked: 0 },
      { label: machine, bytes: 100, unpacked: 900 },
    ],
  },
  { form: 'frame', start: 9000, bytes: 50, pieces: [{ label: machine, bytes: 50, unpacked: 2 ** 40 }] },
])

const binaries = new Map<number, Binary>([
  [
    3,
    {
      kind: 'elf',
      elf: {
        type: 'shared',
        machine: 62,
        osAbi: 0,
        dynamic: { soname: 'liba.so.1', needed: ['libc.so.6'], runpath: '$ORIGIN', noDefaultFolders: true },
        buildId: '00ff',
      },
      parts: { code: 1, readOnly: 2, data: 3, debug: 4, symbols: 5, gpu: 166 },
      strippable: [{ part: 'debug', start: 5, end: 9 }],
      gpu,
      names: ['libb.so'],
    },
  ],
  [5, { kind: 'elf', strippable: [], names: [], unread: 'is a 32-bit ELF file' }],
  [9, { kind: 'data', strippable: [], names: [], gpu: GpuCode.of([], 'old fat binary') }],
])

test('binaries come back as they were', () => {
  const back = binariesFromColumns(binaryColumns(binaries), 10)
  expect([...back.keys()]).toEqual([3, 5, 9])
  for (const [ordinal, { gpu: before, ...rest }] of binaries) {
    const { gpu: after, ...others } = back.get(ordinal) ?? {}
    expect(others).toEqual(rest)
    expect(after && [...after.containers()]).toEqual(before && [...before.containers()])
    expect(after?.inexact).toBe(before?.inexact)
  }
  expect(back.get(3)?.gpu?.bytes).toBe(166)
})

test('columns that do not fit each other are refused', () => {
  const columns = binaryColumns(binaries)
  const { pieces } = columns
  expect(() => binariesFromColumns(columns, 9)).toThrow('no binary of entry 9')
  expect(() => binariesFromColumns({ ...columns, pieces: new Float64Array(3) }, 10)).toThrow(RangeError)
  expect(() => binariesFromColumns({ ...columns, pieces: Float64Array.of(...(pieces ?? []), 1) }, 10)).toThrow(
    'GPU code of no binary',
  )
  const shifted = Float64Array.from(pieces ?? [], value => value + 1)
  expect(() => binariesFromColumns({ ...columns, pieces: shifted }, 10)).toThrow('no such label')
  expect(() => binariesFromColumns({ ...columns, ordinal: Uint32Array.of(3) }, 10)).toThrow('without ordinals')
})
