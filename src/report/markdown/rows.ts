import { rowsShown } from '../table/page.ts'
import type { Extent } from './fitted.ts'

/** The rows of a list that are drawn, and those that a last row sums up. */
export function split<Row>(rows: readonly Row[], { rows: most }: Extent): readonly [shown: Row[], rest: Row[]] {
  const end = rowsShown({ all: false, top: most }, rows.length)
  return [rows.slice(0, end), rows.slice(end)]
}
