import { number64, sectionSize } from './elf-header.ts'
import type { Range } from './range.ts'

/** One section with bytes in the file. */
export interface Section extends Range {
  /** Its number in the table. */
  readonly index: number
  /** sh_type: 1 program bits, 2 symbols, 3 strings, 4 and 9 relocations, 7 notes. */
  readonly type: number
  readonly loaded: boolean
  readonly writable: boolean
  readonly executable: boolean
  /** sh_link. */
  readonly link: number
  /** Offset in the table of names. */
  readonly nameAt: number
}

/** What `read` gives: sections in file order. No two overlap: what an earlier one has is not given again. */
export interface SectionTable {
  readonly sections: readonly Section[]
  /** Where the section with the names lies. */
  readonly names: Range | undefined
}

/** Types without bytes in the file: unused, and what is zero when it is loaded. */
const empty = new Set([0, 8])

export function sectionTable(table: Buffer, namesSection: number, size: number): SectionTable {
  const sections: Section[] = []
  for (let at = 0; at + sectionSize <= table.length; at += sectionSize) {
    const type = table.readUInt32LE(at + 4)
    const start = number64(table, at + 24)
    const end = start + number64(table, at + 32)
    if (empty.has(type) || end > size || end === start) continue
    const flags = table.readUInt32LE(at + 8)
    sections.push({
      index: at / sectionSize,
      type,
      loaded: (flags & 0x2) !== 0,
      writable: (flags & 0x1) !== 0,
      executable: (flags & 0x4) !== 0,
      start,
      end,
      link: table.readUInt32LE(at + 40),
      nameAt: table.readUInt32LE(at),
    })
  }
  const last = namesSection === 0xffff && table.length >= sectionSize ? table.readUInt32LE(40) : namesSection
  const names = sections.find(section => section.index === last)
  return { sections: apart(sections), names }
}

/** How many sections there are, where the header has no room for the number: section 0's size (gABI). */
export function sectionCount(first: Buffer): number {
  return number64(first, 32)
}

function apart(sections: readonly Section[]): Section[] {
  const out: Section[] = []
  let end = 0
  for (const section of [...sections].sort((a, b) => a.start - b.start || a.index - b.index)) {
    if (section.start >= end) out.push(section)
    else if (section.end > end) out.push({ ...section, start: end })
    end = Math.max(end, section.end)
  }
  return out
}

/** The name of a section in the table of names; empty where there is none. */
export function nameOf({ nameAt }: Section, names: Buffer | undefined): string {
  if (names === undefined || nameAt >= names.length) return ''
  const end = names.indexOf(0, nameAt)
  return names.toString('latin1', nameAt, Math.min(end === -1 ? names.length : end, nameAt + 256))
}
