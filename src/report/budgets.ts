import type { Report } from './schema.ts'

/** A limit in bytes, or as a share of the image (0.1 is 10 %). */
export type Limit = { readonly bytes: number } | { readonly share: number }

/** What the user allows. */
export interface Limits {
  readonly size?: Limit
  readonly waste?: Limit
}

/** Holds limits against the report: `limit` and `value` are in bytes. */
export function budgetsOf(limits: Limits, size: number, causes: Report['causes']): Report['budgets'] {
  const waste = causes.reduce((sum, { kind, bytes }) => sum + (kind === 'waste' ? bytes : 0), 0)
  const values = { size, waste }
  const budgets: Report['budgets'] = []
  for (const budget of ['size', 'waste'] as const) {
    const allowed = limits[budget]
    if (allowed === undefined) continue
    const limit = 'bytes' in allowed ? allowed.bytes : Math.floor(allowed.share * size)
    budgets.push({ budget, limit, value: values[budget], ok: values[budget] <= limit })
  }
  return budgets
}
