import { headerSize, isElf } from './elf-header.ts'
import { ElfReader } from './elf-reader.ts'
import { MemberWindows } from './member-windows.ts'
import { type Run, runsOf } from './parts.ts'
import type { Range } from './range.ts'
import { SectionKinds } from './section-kind.ts'
import type { Window, Windows } from './windows.ts'

export const magicSize = 8
const memberHeaderSize = 60
const runKinds: readonly Run['kind'][] = ['code', 'readOnly', 'data', 'debug', 'symbols']

export function isArchive(head: Buffer): boolean {
  return head.toString('latin1', 0, 8) === '!<arch>\n'
}

/** An archive of names of files that lie elsewhere. */
export function isThinArchive(head: Buffer): boolean {
  return head.toString('latin1', 0, 8) === '!<thin>\n'
}

/** Reads the members of an archive that are ELF objects (ar(5): GNU, System V and BSD forms; names are not needed). */
export class StaticArchive {
  /** Why something was not read, in words that follow the path. */
  problem: string | undefined
  /** Objects that were read. */
  members = 0
  readonly #windows: Windows
  #member: { readonly reader: ElfReader; readonly file: Range } | undefined
  /** Start, end and kind of runs: three numbers each, for an archive can have a million. */
  readonly #runs: number[] = []

  constructor(windows: Windows) {
    this.#windows = windows
  }

  begin(): void {
    this.#wantHeader(magicSize)
  }

  /** What the bytes of its members are, in file order. */
  end(): Iterable<Run> {
    this.#endMember()
    return this.#eachRun()
  }

  #wantHeader(at: number): void {
    if (at >= this.#windows.size) return
    this.#windows.want({ start: at, end: at + memberHeaderSize }, window => {
      if (window === undefined) this.problem ??= 'is an archive that is cut short'
      else this.#takeHeader(window)
    })
  }

  #takeHeader(window: Window): void {
    this.#endMember()
    const header = window.read(window.start, window.end)
    const size = decimal(header, 48, 58)
    const name = header.toString('latin1', 0, 16).trimEnd()
    const start = window.end
    if (size === undefined || header.toString('latin1', 58, 60) !== '`\n' || start + size > this.#windows.size) {
      this.problem ??= 'is a damaged archive'
      return
    }
    const end = start + size
    // Symbols of all members and long names; BSD has a name before the content.
    const own = name === '/' || name === '//' || name === '/SYM64/' || name.startsWith('__.SYMDEF')
    const long = name.startsWith('#1/') ? (decimal(header, 3, 16) ?? 0) : 0
    if (!own && size - long >= headerSize) this.#wantMember({ start: start + long, end })
    this.#wantHeader(end + (end % 2))
  }

  #wantMember(file: Range): void {
    this.#windows.want({ start: file.start, end: file.start + headerSize }, window => {
      const head = window?.read(window.start, window.end)
      if (head === undefined || !isElf(head)) return
      const reader = new ElfReader(new MemberWindows(this.#windows, file))
      this.#member = { reader, file }
      reader.begin(head)
    })
  }

  #endMember(): void {
    const member = this.#member
    this.#member = undefined
    if (member === undefined) return
    const { reader, file } = member
    if (reader.problem !== undefined) this.problem ??= `is an archive with a member that ${reader.problem}`
    const { table } = reader.sections
    if (table === undefined) return
    this.members++
    for (const { kind, start, end } of runsOf(table, new SectionKinds(reader.sections)))
      this.#runs.push(file.start + start, file.start + end, runKinds.indexOf(kind))
  }

  *#eachRun(): Iterable<Run> {
    const runs = this.#runs
    for (let at = 0; at < runs.length; at += 3)
      yield { kind: runKinds[runs[at + 2] ?? 0] ?? 'data', start: runs[at] ?? 0, end: runs[at + 1] ?? 0 }
  }
}

/** A decimal number, padded with spaces. */
function decimal(bytes: Buffer, start: number, end: number): number | undefined {
  const text = bytes.toString('latin1', start, end).trimEnd()
  return /^\d+$/.test(text) ? Number(text) : undefined
}
