import type { EntryId } from '../image/filesystem.ts'

/** What one rule took of a content. Bytes. */
export interface Taking {
  readonly rule: string
  readonly bytes: number
}

const none = -1

/**
 * Which rule took how much of each content, for those who ask: a report needs sums alone.
 *
 *      inode ──▶ last taking ──▶ taking before ──▶ …
 */
export class Takings {
  readonly #last: Int32Array
  readonly #before: number[] = []
  readonly #rules: string[] = []
  readonly #bytes: number[] = []

  /** For an image of so many entries. */
  constructor(count: number) {
    this.#last = new Int32Array(count).fill(none)
  }

  add(inode: EntryId, rule: string, bytes: number): void {
    this.#before.push(this.#last[inode] ?? none)
    this.#rules.push(rule)
    this.#last[inode] = this.#bytes.push(bytes) - 1
  }

  /** Each rule once, in the order in which they settled. */
  of(inode: EntryId): readonly Taking[] {
    const sums = new Map<string, number>()
    for (let at = this.#last[inode] ?? none; at !== none; at = this.#before[at] ?? none) {
      const rule = this.#rules[at] ?? ''
      sums.set(rule, (sums.get(rule) ?? 0) + (this.#bytes[at] ?? 0))
    }
    return [...sums].map(([rule, bytes]) => ({ rule, bytes })).reverse()
  }
}
