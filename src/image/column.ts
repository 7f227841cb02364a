import { grown } from './columns.ts'

/** In a column of numbers: there is none. */
export const none = -1

/** Numbers from 0 by position, `none` until they are set, for as many as will come. */
export class Column {
  /** 1 + the number, 0 for none: memory that nothing is written to costs nothing. */
  #values: Int32Array

  /** `expected`: how many positions there will be, as far as known. */
  constructor(expected = 0) {
    this.#values = new Int32Array(Math.max(16, expected))
  }

  /** Takes a column as `values` gave it. */
  static fromValues(values: Int32Array): Column {
    const column = new Column()
    column.#values = values
    return column
  }

  /** The first positions, to be kept in a file: each number plus 1, 0 for none. */
  values(length: number): Int32Array {
    if (length > this.#values.length) this.#grow(length)
    return this.#values.subarray(0, length)
  }

  get(position: number): number {
    return (this.#values[position] ?? 0) - 1
  }

  set(position: number, value: number): void {
    if (position >= this.#values.length) this.#grow(position + 1)
    this.#values[position] = value + 1
  }

  #grow(length: number): void {
    this.#values = grown(this.#values, new Int32Array(Math.max(length, this.#values.length * 2)))
  }
}
