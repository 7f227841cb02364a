import { byBytesThenName } from '../report/order.ts'

/** The order of a comparison's lists: by the amount of the difference, largest first, then by name in bytes of UTF-8. */
export function byDifference<Row extends { readonly difference: number }>(
  name: (row: Row) => string,
): (a: Row, b: Row) => number {
  return byBytesThenName(row => Math.abs(row.difference), name)
}
