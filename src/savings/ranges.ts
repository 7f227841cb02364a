/** A run of offsets, [start, end). */
export type Range = readonly [start: number, end: number]

/** Ranges in order, none touching another: what is taken of one content. */
export class Ranges {
  #taken: Range[] = []

  /** Takes a range; answers with how many bytes of it were free. */
  take([start, end]: Range): number {
    let free = Math.max(0, end - start)
    let from = start
    let to = end
    const apart: Range[] = []
    for (const range of this.#taken) {
      if (range[1] < from || range[0] > to) {
        apart.push(range)
        continue
      }
      free -= Math.max(0, Math.min(range[1], end) - Math.max(range[0], start))
      from = Math.min(from, range[0])
      to = Math.max(to, range[1])
    }
    this.#taken = [...apart, [from, to] as const].sort((a, b) => a[0] - b[0])
    return free
  }

  /** Bytes taken in all. */
  get bytes(): number {
    return this.#taken.reduce((sum, [start, end]) => sum + end - start, 0)
  }
}
