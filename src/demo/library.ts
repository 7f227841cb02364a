import { noise } from './content.ts'
import { type DemoKernels, fatbin } from './fatbin.ts'

/** What a library of the demo has inside. Bytes; of symbols a multiple of 24. */
export interface DemoLibrary {
  readonly soname: string
  readonly code: number
  /** One container each. */
  readonly kernels?: readonly DemoKernels[]
  readonly debug?: number
  readonly symbols?: number
}

interface Section {
  readonly name: string
  readonly type: number
  readonly flags: number
  readonly bytes: Buffer
  /** The section that it refers to. */
  readonly link?: string
}

const progbits = 1
const symtab = 2
const strtab = 3
const dynamic = 6
const alloc = 2
const executable = 4

/** A shared library for x86-64 (System V gABI): headers as a linker writes them, with noise in the place of code. */
export function library({ soname, code, kernels = [], debug = 0, symbols = 0 }: DemoLibrary): Buffer {
  const names = Buffer.from(`\0${soname}\0`)
  const sections: Section[] = [
    { name: '.dynstr', type: strtab, flags: alloc, bytes: names },
    { name: '.dynamic', type: dynamic, flags: alloc, bytes: Buffer.alloc(4 * 16), link: '.dynstr' },
    { name: '.text', type: progbits, flags: alloc | executable, bytes: noise(`${soname} code`, code) },
    { name: '.nv_fatbin', type: progbits, flags: alloc, bytes: Buffer.concat(kernels.map(fatbin)) },
    { name: '.debug_info', type: progbits, flags: 0, bytes: noise(`${soname} debug`, debug) },
    { name: '.symtab', type: symtab, flags: 0, bytes: Buffer.alloc(symbols), link: '.strtab' },
    { name: '.strtab', type: strtab, flags: 0, bytes: Buffer.alloc(symbols === 0 ? 0 : 1) },
  ]
  return linked(sections.filter(({ bytes }) => bytes.length > 0))
}

function linked(sections: readonly Section[]): Buffer {
  const strings = Buffer.from(`\0${[...sections.map(({ name }) => name), '.shstrtab'].join('\0')}\0`)
  const all = [...sections, { name: '.shstrtab', type: strtab, flags: 0, bytes: strings }]
  const parts: Buffer[] = [Buffer.alloc(64 + 2 * 56)]
  const offsets = new Map<string, number>()
  let end = 64 + 2 * 56
  let loaded = end
  for (const { name, bytes, flags } of all) {
    offsets.set(name, end)
    const padded = Buffer.alloc(Math.ceil(bytes.length / 8) * 8)
    bytes.copy(padded)
    parts.push(padded)
    end += padded.length
    if ((flags & alloc) !== 0) loaded = end
  }
  const file = Buffer.concat([...parts, sectionTable(all, offsets, strings)])
  const at = (name: string) => offsets.get(name) ?? 0
  const dynstr = all.find(({ name }) => name === '.dynstr')?.bytes.length ?? 0
  header(file, { table: end, sections: all.length + 1 })
  segment(file, 64, { type: 1, flags: 5, at: 0, size: loaded })
  segment(file, 64 + 56, { type: 2, flags: 4, at: at('.dynamic'), size: 64 })
  // SONAME, STRTAB, STRSZ and the end. An address is an offset here.
  const entries = [14, 1, 5, at('.dynstr'), 10, dynstr, 0, 0]
  entries.forEach((value, index) => {
    file.writeBigUInt64LE(BigInt(value), at('.dynamic') + 8 * index)
  })
  return file
}

function header(file: Buffer, { table, sections }: { readonly table: number; readonly sections: number }): void {
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]).copy(file)
  file.writeUInt16LE(3, 16)
  file.writeUInt16LE(62, 18)
  file.writeUInt32LE(1, 20)
  file.writeBigUInt64LE(64n, 32)
  file.writeBigUInt64LE(BigInt(table), 40)
  for (const [value, at] of [
    [64, 52],
    [56, 54],
    [2, 56],
    [64, 58],
    [sections, 60],
    [sections - 1, 62],
  ] as const) {
    file.writeUInt16LE(value, at)
  }
}

interface Segment {
  readonly type: number
  readonly flags: number
  readonly at: number
  readonly size: number
}

function segment(file: Buffer, where: number, { type, flags, at, size }: Segment): void {
  file.writeUInt32LE(type, where)
  file.writeUInt32LE(flags, where + 4)
  const values = [at, at, at, size, size, 8]
  values.forEach((value, index) => {
    file.writeBigUInt64LE(BigInt(value), where + 8 + 8 * index)
  })
}

function sectionTable(sections: readonly Section[], offsets: ReadonlyMap<string, number>, names: Buffer): Buffer {
  const table = Buffer.alloc((sections.length + 1) * 64)
  sections.forEach(({ name, type, flags, bytes, link }, index) => {
    const at = (index + 1) * 64
    const start = BigInt(offsets.get(name) ?? 0)
    table.writeUInt32LE(names.indexOf(`\0${name}\0`) + 1, at)
    table.writeUInt32LE(type, at + 4)
    table.writeBigUInt64LE(BigInt(flags), at + 8)
    table.writeBigUInt64LE((flags & alloc) === 0 ? 0n : start, at + 16)
    table.writeBigUInt64LE(start, at + 24)
    table.writeBigUInt64LE(BigInt(bytes.length), at + 32)
    table.writeUInt32LE(link === undefined ? 0 : sections.findIndex(other => other.name === link) + 1, at + 40)
    table.writeBigUInt64LE(8n, at + 48)
    table.writeBigUInt64LE(type === symtab ? 24n : type === dynamic ? 16n : 0n, at + 56)
  })
  return table
}
