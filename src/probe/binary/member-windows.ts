import type { Range } from './range.ts'
import type { Taker, Windows } from './windows.ts'

/** One member of an archive, by offsets of its own. */
export class MemberWindows implements Windows {
  readonly size: number
  readonly #windows: Windows
  readonly #start: number

  constructor(windows: Windows, { start, end }: Range) {
    this.size = end - start
    this.#windows = windows
    this.#start = start
  }

  get position(): number {
    return this.#windows.position - this.#start
  }

  want(range: Range, then: Taker): void {
    if (range.end > this.size) {
      then(undefined)
      return
    }
    const base = this.#start
    this.#windows.want(this.#inFile(range), window =>
      then(window && { ...range, read: (start, end) => window.read(base + start, base + end) }),
    )
  }

  watch(range: Range): void {
    this.#windows.watch(this.#inFile(range))
  }

  watched(range: Range): Buffer | undefined {
    return this.#windows.watched(this.#inFile(range))
  }

  #inFile({ start, end }: Range): Range {
    return { start: this.#start + start, end: this.#start + end }
  }
}
