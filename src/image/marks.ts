import type { EntryId } from './entry-table.ts'

/** A set of entries that is emptied at no cost: one for all findings, where a Set of half a million takes 20 MB each. */
export class Marks {
  readonly #round: Uint32Array
  #now = 1

  constructor(count: number) {
    this.#round = new Uint32Array(count)
  }

  clear(): void {
    this.#now++
  }

  has(id: EntryId): boolean {
    return this.#round[id] === this.#now
  }

  /** Whether it is new. */
  add(id: EntryId): boolean {
    if (this.has(id)) return false
    this.#round[id] = this.#now
    return true
  }
}
