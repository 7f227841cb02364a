import { decodeName } from '../../bytes/name.ts'
import type { Elf } from './binary.ts'
import { DynamicReader } from './dynamic-reader.ts'
import { type ElfHeader, elfHeader, type Segment, segmentsOf } from './elf-header.ts'
import { buildIdOf } from './note.ts'
import type { Range } from './range.ts'
import { SectionReader } from './section-reader.ts'
import type { Window, Windows } from './windows.ts'

const mostInterpreter = 4096
const mostNotes = 16
const longestNotes = 64 * 1024
/** Go names its build ID in the table of sections alone, at the end, and has it here. */
const firstPage = 4096

/** Reads the tables of one ELF object, 64-bit little-endian. */
export class ElfReader {
  header: ElfHeader | undefined
  /** Once they have passed. */
  segments: readonly Segment[] | undefined
  readonly sections: SectionReader
  readonly #windows: Windows
  readonly #dynamic: DynamicReader
  #firstPage: Window | undefined
  #interpreter: string | undefined
  #buildId: string | undefined
  #problem: string | undefined

  /** `windows`: of the object alone. */
  constructor(windows: Windows) {
    this.#windows = windows
    this.#dynamic = new DynamicReader(windows)
    this.sections = new SectionReader(windows, note => this.#takeNotes(note))
  }

  /** Takes the first 64 bytes, and asks for what they name. */
  begin(head: Buffer): void {
    const header = elfHeader(head)
    if (typeof header === 'string') {
      this.#problem = header
      return
    }
    this.header = header
    const { programs, sections } = header
    const page = { start: this.#windows.position, end: Math.min(firstPage, this.#windows.size) }
    this.#windows.want(page, window => {
      this.#firstPage = window
    })
    if (sections.end > sections.start) this.sections.begin(header)
    if (programs.end === programs.start) this.segments = []
    else {
      this.#windows.want(programs, window => {
        if (window === undefined) this.#problem = 'is a damaged ELF file: it has no program headers where it says'
        else this.#takePrograms(window)
      })
    }
  }

  /** Why something was not read, in words that follow the path. */
  get problem(): string | undefined {
    return this.#problem ?? this.#dynamic.problem ?? this.sections.problem
  }

  /** Undefined where it is no object that can be read. */
  end(): Elf | undefined {
    if (this.header === undefined) return undefined
    const { machine, osAbi } = this.header
    const { dynamic } = this.#dynamic
    return {
      type: this.#type(this.header.type),
      machine,
      osAbi,
      ...(dynamic === undefined ? {} : { dynamic }),
      ...(this.#interpreter === undefined ? {} : { interpreter: this.#interpreter }),
      ...(this.#buildId === undefined ? {} : { buildId: this.#buildId }),
    }
  }

  /** An executable that is built like a library says so with DF_1_PIE; before binutils 2.26 it had an interpreter and no
   *  name. libc.so.6 has an interpreter and a name. */
  #type(type: number): Elf['type'] {
    if (type !== 3) return ({ 1: 'relocatable', 2: 'executable', 4: 'core' } as const)[type] ?? 'other'
    const runs = this.#interpreter !== undefined && this.#dynamic.dynamic?.soname === undefined
    return this.#dynamic.isProgram || runs ? 'executable' : 'shared'
  }

  #takePrograms(window: Window): void {
    const segments = segmentsOf(window.read(window.start, window.end))
    this.segments = segments
    if (this.header?.type === 4) return
    this.#dynamic.begin(segments)
    const interpreter = segments.find(({ type }) => type === 3)
    if (interpreter !== undefined) this.#wantInterpreter(interpreter)
    for (const note of segments.filter(({ type }) => type === 4).slice(0, mostNotes))
      this.#wantNotes(note, note.alignment)
    this.sections.watchNames(segments)
  }

  #wantInterpreter(range: Range): void {
    if (range.end - range.start > mostInterpreter) return
    this.#windows.want(range, window => {
      if (window !== undefined)
        this.#interpreter = decodeName(window.read(range.start, range.end)).replace(/\0.*$/s, '')
    })
  }

  /** patchelf lays program headers over old notes: those in the table of sections are right then. */
  #takeNotes(notes: Range): void {
    const page = this.#firstPage
    if (page !== undefined && notes.start >= page.start && notes.end <= page.end)
      this.#buildId ??= buildIdOf(page.read(notes.start, notes.end), 4)
    else this.#wantNotes(notes, 4)
  }

  #wantNotes(range: Range, alignment: number): void {
    if (range.end - range.start > longestNotes) return
    this.#windows.want(range, window => {
      if (window !== undefined) this.#buildId ??= buildIdOf(window.read(range.start, range.end), alignment)
    })
  }
}
