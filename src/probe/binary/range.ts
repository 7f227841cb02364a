/** Bytes [start, end) of a file. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** In order, those that touch or overlap as one, empty ones left out. */
export function merged(ranges: Iterable<Range>): Range[] {
  const out: Range[] = []
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    if (range.end <= range.start) continue
    const last = out.at(-1)
    if (last === undefined || range.start > last.end) out.push(range)
    else if (range.end > last.end) out[out.length - 1] = { start: last.start, end: range.end }
  }
  return out
}

/** What is left of `ranges` without `holes`; both as `merged` gives them. */
export function without(ranges: readonly Range[], holes: readonly Range[]): Range[] {
  const out: Range[] = []
  let next = 0
  for (const { start, end } of ranges) {
    let at = start
    while (next < holes.length && (holes[next]?.end ?? 0) <= start) next++
    for (let hole = next; hole < holes.length && (holes[hole]?.start ?? 0) < end; hole++) {
      const { start: from, end: to } = holes[hole] ?? { start: end, end }
      if (from > at) out.push({ start: at, end: from })
      at = Math.max(at, to)
    }
    if (at < end) out.push({ start: at, end })
  }
  return out
}

/** The one of `ranges` (as `merged` gives them) that `at` lies in, else the next behind it. */
export function rangeFrom(ranges: readonly Range[], at: number): Range | undefined {
  let [low, high] = [0, ranges.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ranges[middle]?.end ?? 0) > at) high = middle
    else low = middle + 1
  }
  return ranges[low]
}

/** Whether one of `ranges` (as `merged` gives them) holds all of [start, end). */
export function covers(ranges: readonly Range[], { start, end }: Range): boolean {
  const range = rangeFrom(ranges, start)
  return range !== undefined && range.start <= start && end <= range.end
}
