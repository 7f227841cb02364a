import { type Columns, grown } from './columns.ts'

/** Stands for a number that does not fit. */
const wide = 0xffffffff

/** Numbers by position, of which nearly all are whole and fit in 32 bits; the others stand apart, exactly as they are. */
export class ExactNumbers {
  #count = 0
  #low: Uint32Array = new Uint32Array(16)
  /** Positions of the wide ones, in order, and what they are. */
  #wideAt: Uint32Array = new Uint32Array(0)
  #wide: Float64Array = new Float64Array(0)
  #wideCount = 0

  /** Takes columns as they are; throws a RangeError when they do not fit together. */
  static fromColumns({ low, wideAt, wide: exact }: Columns): ExactNumbers {
    if (!(low instanceof Uint32Array) || !(wideAt instanceof Uint32Array) || !(exact instanceof Float64Array))
      throw new RangeError('no columns of numbers')
    let found = 0
    for (let position = 0; position < low.length; position++) {
      if (low[position] === wide && wideAt[found++] !== position) throw new RangeError(`no number at ${position}`)
    }
    if (found !== wideAt.length || found !== exact.length) throw new RangeError(`${exact.length} of ${found} numbers`)
    const numbers = new ExactNumbers()
    numbers.#count = low.length
    numbers.#low = low
    numbers.#wideAt = wideAt
    numbers.#wide = exact
    numbers.#wideCount = found
    return numbers
  }

  columns(): { readonly low: Uint32Array; readonly wideAt: Uint32Array; readonly wide: Float64Array } {
    return {
      low: this.#low.subarray(0, this.#count),
      wideAt: this.#wideAt.subarray(0, this.#wideCount),
      wide: this.#wide.subarray(0, this.#wideCount),
    }
  }

  get length(): number {
    return this.#count
  }

  add(value: number): void {
    const position = this.#count++
    if (position === this.#low.length) this.#low = grown(this.#low, new Uint32Array(position * 2))
    const low = value >>> 0
    if (low === value && low !== wide) this.#low[position] = low
    else this.#addWide(position, value)
  }

  get(position: number): number {
    const low = this.#low[position] ?? 0
    return low === wide ? this.#getWide(position) : low
  }

  /** Copies all to where they stand in a longer column. */
  copyTo(column: Float64Array, from: number): void {
    column.set(this.#low.subarray(0, this.#count), from)
    for (let at = 0; at < this.#wideCount; at++) column[from + (this.#wideAt[at] ?? 0)] = this.#wide[at] ?? 0
  }

  #addWide(position: number, value: number): void {
    const at = this.#wideCount++
    if (at === this.#wide.length) {
      const capacity = Math.max(16, at * 2)
      this.#wideAt = grown(this.#wideAt, new Uint32Array(capacity))
      this.#wide = grown(this.#wide, new Float64Array(capacity))
    }
    this.#low[position] = wide
    this.#wideAt[at] = position
    this.#wide[at] = value
  }

  #getWide(position: number): number {
    let from = 0
    let to = this.#wideCount
    while (from < to) {
      const middle = (from + to) >>> 1
      if ((this.#wideAt[middle] ?? 0) < position) from = middle + 1
      else to = middle
    }
    return this.#wide[from] ?? 0
  }
}
