import type { Range } from './range.ts'

export const headerSize = 64

/** The first 64 bytes of an ELF object, 64-bit little-endian (System V gABI, chapter 4). */
export interface ElfHeader {
  /** e_type: 1 relocatable, 2 executable, 3 shared, 4 core. */
  readonly type: number
  readonly machine: number
  readonly osAbi: number
  /** Where tables lie in the file; empty where there is none. */
  readonly programs: Range
  /** The first section header alone where its size says how many there are. */
  readonly sections: Range
  /** Number of the section that has the names of sections. */
  readonly namesSection: number
}

const programSize = 56
export const sectionSize = 64

export function isElf(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32BE(0) === 0x7f454c46
}

/** Answers in words that follow the path where it is none that is read. */
export function elfHeader(head: Buffer): ElfHeader | string {
  if (head.length < headerSize) return 'is an ELF file that is cut short'
  const [bits, order] = [head[4], head[5]]
  if (bits === 1) return 'is a 32-bit ELF file'
  if (bits !== 2) return `is an ELF file of unknown class ${bits}`
  if (order === 2) return 'is a big-endian ELF file'
  if (order !== 1) return `is an ELF file of unknown byte order ${order}`
  const [sectionsAt, sections] = [number64(head, 40), head.readUInt16LE(60)]
  const [programsAt, programs] = [number64(head, 32), head.readUInt16LE(56)]
  if (programs > 0 && head.readUInt16LE(54) !== programSize)
    return 'is an ELF file with program headers of unknown size'
  if (sections > 0 && head.readUInt16LE(58) !== sectionSize)
    return 'is an ELF file with section headers of unknown size'
  if (programs === 0xffff) return 'is an ELF file with more than 65,534 program headers'
  return {
    type: head.readUInt16LE(16),
    machine: head.readUInt16LE(18),
    osAbi: head.readUInt8(7),
    programs: { start: programsAt, end: programsAt + programs * programSize },
    sections: { start: sectionsAt, end: sectionsAt === 0 ? 0 : sectionsAt + Math.max(1, sections) * sectionSize },
    namesSection: head.readUInt16LE(62),
  }
}

/** A 64-bit number. Above 2^53 it is not exact, and larger than any file. */
export function number64(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32
}

/** One part of a program as it is loaded. */
export interface Segment extends Range {
  /** p_type: 1 loaded, 2 dynamic section, 3 interpreter, 4 notes. */
  readonly type: number
  readonly executable: boolean
  readonly writable: boolean
  /** Where it is loaded. */
  readonly address: number
  readonly alignment: number
}

/** Reads program headers. */
export function segmentsOf(table: Buffer): Segment[] {
  const segments: Segment[] = []
  for (let at = 0; at + programSize <= table.length; at += programSize) {
    const flags = table.readUInt32LE(at + 4)
    const start = number64(table, at + 8)
    segments.push({
      type: table.readUInt32LE(at),
      executable: (flags & 1) !== 0,
      writable: (flags & 2) !== 0,
      start,
      end: start + number64(table, at + 32),
      address: number64(table, at + 16),
      alignment: number64(table, at + 48),
    })
  }
  return segments
}
