import type { Evidence } from '../evidence/evidence.ts'
import type { EntryId } from '../image/filesystem.ts'
import type { Binary } from '../probe/binary/binary.ts'
import { withOlderCopies } from './claims.ts'
import type { Claim } from './rule.ts'

/** Offsets [start, end) of a content. */
export type Part = readonly [start: number, end: number]

/**
 * Claims of a part of a content, and of that part of the older copies of its paths, each by what is in its own bytes. What
 * changes a content changes it under every name: each content is claimed once.
 */
export function partClaims(evidence: Evidence, inode: EntryId, partsOf: (binary: Binary) => readonly Part[]): Claim[] {
  const { filesystem } = evidence
  const names = filesystem.names(inode).filter(name => filesystem.visible(name))
  const copies = new Set(names.flatMap(name => withOlderCopies(evidence, name)).map(copy => filesystem.inode(copy)))
  return [...copies].flatMap(copy => {
    const binary = filesystem.binary(copy)
    const ranges = binary === undefined ? [] : joined(partsOf(binary))
    return ranges.length === 0 ? [] : [{ entry: copy, ranges }]
  })
}

/** Parts in the order of the file, those that touch as one: a library has thousands that lie end to end. */
function joined(parts: readonly Part[]): Part[] {
  const whole: Part[] = []
  for (const [start, end] of [...parts].sort((a, b) => a[0] - b[0])) {
    const last = whole.at(-1)
    if (last !== undefined && last[1] >= start) whole[whole.length - 1] = [last[0], Math.max(last[1], end)]
    else if (end > start) whole.push([start, end])
  }
  return whole
}
