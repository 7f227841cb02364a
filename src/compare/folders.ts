import { byBytesThenName } from '../report/order.ts'
import type { Report } from '../report/schema.ts'
import type { Comparison } from './schema.ts'

type Row = Comparison['folders'][number]

/** Folders that one of the two reports lists. Each lists those of at least a thousandth of its image, so what one of them lacks
 *  is unknown, not 0; it is sorted by what the other has there. */
export function foldersOf(before: Report['folders'], after: Report['folders']): Comparison['folders'] {
  const known = new Map(before.map(({ path, bytes }) => [path, bytes]))
  const rows = after.map(({ path, bytes }): Row => {
    const was = known.get(path)
    known.delete(path)
    if (was === undefined) return { path, before: null, after: bytes, difference: null }
    return { path, before: was, after: bytes, difference: bytes - was }
  })
  const gone = [...known].map(([path, bytes]): Row => ({ path, before: bytes, after: null, difference: null }))
  return [...rows, ...gone].sort(byBytesThenName(amount, ({ path }) => path))
}

function amount({ before, after, difference }: Row): number {
  return Math.abs(difference ?? after ?? before ?? 0)
}
