import { byBytesThenName } from '../report/order.ts'
import type { Report } from '../report/schema.ts'
import type { Trend } from './schema.ts'

/** Every cause that one of the images has, with what it is in each, 0 where it is not there: Σ of an image = its size.files. */
export function causesOver(reports: readonly Report[]): Trend['causes'] {
  const rows = new Map<string, { readonly cause: string; readonly kind: 'waste' | 'kept'; readonly bytes: number[] }>()
  for (const [at, { causes }] of reports.entries()) {
    for (const { cause, kind, bytes } of causes) {
      const key = `${kind} ${cause}`
      const row = rows.get(key) ?? { cause, kind, bytes: reports.map(() => 0) }
      row.bytes[at] = (row.bytes[at] ?? 0) + bytes
      rows.set(key, row)
    }
  }
  return [...rows.values()]
    .map(row => ({ ...row, difference: (row.bytes.at(-1) ?? 0) - (row.bytes[0] ?? 0) }))
    .sort(
      byBytesThenName(
        row => row.bytes.at(-1) ?? 0,
        row => row.cause,
      ),
    )
}
