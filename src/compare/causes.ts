import type { Report } from '../report/schema.ts'
import { byDifference } from './by-difference.ts'
import type { Comparison } from './schema.ts'

/** Every cause that one of the two has. Σ difference = difference of size.files. */
export function causesOf(before: Report['causes'], after: Report['causes']): Comparison['causes'] {
  const rows = new Map<string, Comparison['causes'][number]>()
  const rowOf = ({ cause, kind }: Report['causes'][number]) => {
    const known = rows.get(`${kind} ${cause}`)
    if (known !== undefined) return known
    const row = { cause, kind, before: 0, after: 0, difference: 0 }
    rows.set(`${kind} ${cause}`, row)
    return row
  }
  for (const cause of before) rowOf(cause).before += cause.bytes
  for (const cause of after) rowOf(cause).after += cause.bytes
  for (const row of rows.values()) row.difference = row.after - row.before
  return [...rows.values()].sort(byDifference(({ cause, kind }) => `${cause} ${kind}`))
}
