/** In a column of numbers: there is none. */
export const none = -1

/** Numbers by position, `none` until they are set, for as many as will come. */
export class Column {
  #values: Int32Array

  /** `expected`: how many positions there will be, as far as known. */
  constructor(expected = 0) {
    this.#values = new Int32Array(Math.max(256, expected)).fill(none)
  }

  get(position: number): number {
    return this.#values[position] ?? none
  }

  set(position: number, value: number): void {
    if (position >= this.#values.length) this.#grow(position)
    this.#values[position] = value
  }

  #grow(position: number): void {
    const values = new Int32Array(Math.max(position + 1, this.#values.length * 2)).fill(none)
    values.set(this.#values)
    this.#values = values
  }
}
