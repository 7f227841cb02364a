import type { Dynamic } from './binary.ts'
import { type DynamicEntries, dynamicEntries, dynamicOf } from './dynamic.ts'
import type { Segment } from './elf-header.ts'
import type { Window, Windows } from './windows.ts'

/** The strings lie before the dynamic section, so the front of the file is kept until that has passed: they end at 3 KB in
 *  the median file, at 18.9 MB in the largest known (libtriton.so). */
const mostFront = 20 * 1024 * 1024
/** patchelf moves them next to it, into a segment of their own. */
const mostBeside = 4 * 1024 * 1024
const mostStrings = 16 * 1024 * 1024
const mostDynamic = 1024 * 1024

/** Reads the dynamic section of an object, and the strings that it names. */
export class DynamicReader {
  problem: string | undefined
  dynamic: Dynamic | undefined
  /** DF_1_PIE. */
  isProgram = false
  readonly #windows: Windows
  /** What may hold the strings and has passed. */
  #kept: Window[] = []

  constructor(windows: Windows) {
    this.#windows = windows
  }

  begin(segments: readonly Segment[]): void {
    const dynamic = segments.find(({ type, start, end }) => type === 2 && end > start)
    if (dynamic === undefined) return
    if (dynamic.end - dynamic.start > mostDynamic)
      this.problem = 'is a damaged ELF file: its dynamic section is too large'
    else this.#want(dynamic, segments)
  }

  #want(dynamic: Segment, segments: readonly Segment[]): void {
    const front = { start: this.#windows.position, end: Math.min(dynamic.start, mostFront) }
    const own = segments.find(({ type, start, end }) => type === 1 && start <= dynamic.start && end > dynamic.start)
    const near = Math.max(own?.start ?? 0, dynamic.start - mostBeside, front.end)
    for (const range of [front, { start: near, end: dynamic.start }])
      if (range.end > range.start) this.#windows.want(range, window => window && this.#kept.push(window))
    this.#windows.want(dynamic, window => {
      if (window === undefined) this.problem = 'is a damaged ELF file: it has no dynamic section where it says'
      else this.#take(dynamicEntries(window.read(window.start, window.end), segments))
    })
  }

  #take(entries: DynamicEntries): void {
    this.isProgram = entries.isProgram
    const { strings } = entries
    const kept = this.#kept.find(({ start, end }) => strings && strings.start >= start && strings.end <= end)
    this.#kept = []
    if (strings === undefined || kept !== undefined) this.#takeStrings(entries, kept)
    else if (strings.end - strings.start > mostStrings) this.problem = unreachable
    else this.#windows.want(strings, window => this.#takeStrings(entries, window))
  }

  #takeStrings(entries: DynamicEntries, window: Window | undefined): void {
    if (entries.strings !== undefined && window === undefined) this.problem = unreachable
    else {
      this.dynamic = dynamicOf(entries, window)
      if (this.dynamic === undefined)
        this.problem = 'is a damaged ELF file: its dynamic section names what is not there'
    }
  }
}

const unreachable = 'is an ELF file whose dynamic strings lie where they cannot be kept as it passes'
