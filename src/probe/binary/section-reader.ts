import { type ElfHeader, type Segment, sectionSize } from './elf-header.ts'
import type { Range } from './range.ts'
import { type Section, sectionCount, sectionTable } from './section-table.ts'
import type { Window, Windows } from './windows.ts'

const mostBytes = 16 * 1024 * 1024
/** GNU ld and gold lay the names of sections down right before the section table. */
const namesReach = 64 * 1024
const mostNotes = 16

const missing = 'is a damaged ELF file: it has no section headers where it says'

/** Reads the table of sections of an object, and their names. */
export class SectionReader {
  problem: string | undefined
  /** In file order, none over another; undefined where there is no table. */
  table: readonly Section[] | undefined
  /** The strings that are their names, where they could be had. */
  names: Buffer | undefined
  /** The number of the section that has them. */
  namesSection = 0
  /** Where the table ends in the file. */
  end = 0
  readonly #windows: Windows
  readonly #onNotes: (notes: Range) => void
  #start: number | undefined

  /** `onNotes`: called with loaded notes. */
  constructor(windows: Windows, onNotes: (notes: Range) => void) {
    this.#windows = windows
    this.#onNotes = onNotes
  }

  begin({ sections, namesSection }: ElfHeader): void {
    const { start, end } = sections
    this.namesSection = namesSection
    this.#start = start
    this.end = end
    // A table that lies before all else has no names before it.
    const reach = Math.max(Math.min(this.#windows.position, start), start - namesReach)
    if (end - start > mostBytes) this.problem = missing
    else this.#windows.want({ start: reach, end }, tail => this.#takeTail(tail, sections))
  }

  /** Names can lie further before their table than can be kept. */
  watchNames(segments: readonly Segment[]): void {
    const end = this.#start
    if (end === undefined || end > this.#windows.size) return
    // What is not loaded lies behind what is; patchelf adds a segment behind the table.
    const loaded = segments.filter(segment => segment.type === 1 && segment.end <= end)
    const start = loaded.reduce((most, segment) => Math.max(most, segment.end), this.#windows.position)
    this.#windows.watch({ start, end })
  }

  #takeTail(tail: Window | undefined, { start, end }: Range): void {
    const first = tail?.read(start, start + sectionSize)
    if (tail === undefined || first === undefined) {
      this.problem = missing
      return
    }
    const size = (end - start === sectionSize ? sectionCount(first) : 1) * sectionSize
    if (size <= sectionSize) this.#take(tail.read(start, end), tail)
    else if (size > mostBytes) this.problem = missing
    else {
      this.#windows.want({ start: end, end: start + size }, rest => {
        if (rest === undefined) this.problem = missing
        else {
          this.end = rest.end
          this.#take(Buffer.concat([first, rest.read(rest.start, rest.end)]), tail)
        }
      })
    }
  }

  #take(bytes: Buffer, tail: Window): void {
    const { sections, names } = sectionTable(bytes, this.namesSection, this.#windows.size)
    this.table = sections
    if (names !== undefined) this.#takeNames(names, tail)
    for (const notes of sections.filter(({ type, loaded }) => type === 7 && loaded).slice(0, mostNotes))
      this.#onNotes(notes)
  }

  #takeNames({ start, end }: Range, tail: Window): void {
    if (start >= tail.start && end <= tail.end) this.names = tail.read(start, end)
    else this.names = this.#windows.watched({ start, end })
    if (this.names === undefined && end - start <= mostBytes)
      this.#windows.want({ start, end }, window => {
        this.names = window?.read(start, end)
      })
  }
}
