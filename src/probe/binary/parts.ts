import type { Parts } from './binary.ts'
import type { Segment } from './elf-header.ts'
import type { Range } from './range.ts'
import type { SectionKind, SectionKinds } from './section-kind.ts'
import type { Section } from './section-table.ts'

/** Bytes of a file that are one thing, apart from GPU code among them. */
export interface Run extends Range {
  readonly kind: Exclude<SectionKind, 'other'>
}

export function runsOf(sections: readonly Section[], kinds: SectionKinds): Run[] {
  const runs: Run[] = []
  for (const section of sections) {
    const kind = kinds.of(section)
    if (kind !== 'other') runs.push({ kind, start: section.start, end: section.end })
  }
  return runs
}

/** Where there are no sections: by how the file is loaded, which is coarser. */
export function runsOfSegments(segments: readonly Segment[], size: number): Run[] {
  const runs: Run[] = []
  let last = 0
  for (const { type, executable, writable, start, end } of [...segments].sort((a, b) => a.start - b.start)) {
    const [from, to] = [Math.max(start, last), Math.min(end, size)]
    if (type !== 1 || from >= to) continue
    runs.push({ kind: executable ? 'code' : writable ? 'data' : 'readOnly', start: from, end: to })
    last = to
  }
  return runs
}

/** Sums what is in a file. `runs` in file order, none over another; so is `gpu`, which no other part is given. */
export function partsOf(runs: Iterable<Run>, gpu: readonly Range[]): Parts {
  const parts = { code: 0, readOnly: 0, data: 0, debug: 0, symbols: 0, gpu: 0 }
  for (const { start, end } of gpu) parts.gpu += end - start
  let next = 0
  for (const { kind, start, end } of runs) {
    parts[kind] += end - start
    while (next < gpu.length && (gpu[next]?.end ?? 0) <= start) next++
    for (let at = next; at < gpu.length; at++) {
      const container = gpu[at]
      if (container === undefined || container.start >= end) break
      parts[kind] -= Math.min(end, container.end) - Math.max(start, container.start)
    }
  }
  return parts
}
