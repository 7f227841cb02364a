import type { Range } from './range.ts'

/** Bytes of a range that was asked for; read while the file is. */
export interface Window {
  readonly start: number
  readonly end: number
  /** [start, end) of the file, both within the window. */
  read(start: number, end: number): Buffer
}

/** Gets undefined where the range cannot be had. */
export type Taker = (window: Window | undefined) => void

/**
 * Bytes of one file by offset, asked for before they pass: what lies behind cannot be had again. One way reads them as they
 * pass and the other seeks, and both give the same answers in the same order, by the end of what was asked for.
 */
export interface Windows {
  readonly size: number
  /** All before it has passed. */
  readonly position: number
  want(range: Range, then: Taker): void
  /** Looks out for `.shstrtab` in a range that is still to come. */
  watch(range: Range): void
  /** A string table of section names that lies in the watched range, though it has passed. */
  watched(range: Range): Buffer | undefined
}

/** Asked for and not yet had, in the order of their ends. */
export class Queue<Item extends Range> {
  readonly #items: Item[] = []

  get length(): number {
    return this.#items.length
  }

  [Symbol.iterator](): Iterator<Item> {
    return this.#items.values()
  }

  first(): Item | undefined {
    return this.#items[0]
  }

  add(item: Item): void {
    let at = this.#items.length
    while (at > 0 && (this.#items[at - 1]?.end ?? 0) > item.end) at--
    this.#items.splice(at, 0, item)
  }

  shift(): Item | undefined {
    return this.#items.shift()
  }
}

/** Whether bytes are still to come, and in the file at all: offsets are as the file writes them. */
export function isAhead({ start, end }: Range, { position, size }: Windows): boolean {
  return start >= position && start <= end && end <= size
}
