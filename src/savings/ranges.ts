/** A run of offsets, [start, end). */
export type Range = readonly [start: number, end: number]

/** Ranges in order, none touching another: what is taken of one content. */
export class Ranges {
  #taken: readonly Range[] = []
  #bytes = 0

  /** Takes ranges; answers with how many bytes of them were free. All at once: a large library has thousands. */
  take(ranges: Iterable<Range>): number {
    const fresh = [...ranges].filter(([start, end]) => start < end)
    if (fresh.length === 0) return 0
    const before = this.#bytes
    this.#taken = joined([...this.#taken, ...fresh])
    this.#bytes = this.#taken.reduce((sum, [start, end]) => sum + end - start, 0)
    return this.#bytes - before
  }

  /** Bytes taken in all. */
  get bytes(): number {
    return this.#bytes
  }
}

/** The same offsets in order, overlapping and touching ranges as one. O(n log n). */
function joined(ranges: Range[]): Range[] {
  const apart: Range[] = []
  for (const [start, end] of ranges.sort((a, b) => a[0] - b[0])) {
    const last = apart.at(-1)
    if (last === undefined || last[1] < start) apart.push([start, end])
    else if (last[1] < end) apart[apart.length - 1] = [last[0], end]
  }
  return apart
}
