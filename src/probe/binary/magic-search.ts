import type { GpuFormat } from './gpu-format.ts'
import type { PassingBytes } from './passing-bytes.ts'

/** Searched at once at least: bytes full of one magic number would otherwise be searched for the others piece by piece. */
const stride = 1024

/** Searches for the containers of one format, each stretch of bytes once. */
export class MagicSearch {
  readonly format: GpuFormat
  /** No container begins between where the last search began and here. */
  #clear = 0
  /** One begins there, as far as its magic number says; Infinity when none was found. */
  #found = Infinity

  constructor(format: GpuFormat) {
    this.format = format
  }

  /** There are other bytes now. */
  renew(): void {
    this.#clear = 0
    this.#found = Infinity
  }

  /** Whether one begins there by its magic number, all of which has to be there. */
  begins(bytes: PassingBytes, start: number): boolean {
    const { needle, lead } = this.format
    const first = start + lead
    if (!bytes.has(first, first + needle.length)) return false
    for (let at = 0; at < needle.length; at++) if (bytes.at(first + at) !== needle[at]) return false
    return true
  }

  /** Where a container may begin at `from` or behind; at `to` or behind where none does before it. `from` never goes back. */
  next(bytes: PassingBytes, from: number, to: number): number {
    if (this.#found < from) this.#found = Infinity
    if (this.#found === Infinity && this.#clear < to) {
      const { needle, lead } = this.format
      const end = Math.max(to, from + stride)
      this.#found = bytes.indexOf(needle, Math.max(from, this.#clear) + lead, end + lead) - lead
      this.#clear = Math.min(end, this.#found)
    }
    return this.#found
  }
}
