import { judge } from '../report/judge.ts'
import type { Policy } from '../report/limits.ts'
import type { Report } from '../report/schema.ts'
import { schemaVersion } from '../report/schema-version.ts'
import { causesOver } from './causes.ts'
import { lineUp } from './line-up.ts'
import { noticesOf } from './notices.ts'
import type { Trend } from './schema.ts'

/** Lines reports of several images up: size by cause over them; the last is judged, with growth against the one before it. Pure. */
export function trendOf(reports: readonly Report[], policy: Policy, now: Date, version: string): Trend {
  const { order, reports: ordered } = lineUp(reports)
  const [last, before] = ordered.toReversed()
  // Of its notices only those about the judgement: the others are about one image. Of those not what is said of what growth is
  // measured against: that is in the trend.
  const judged = last && judge({ ...last, notices: [] }, { ...policy, against: before, now })
  return {
    schemaVersion,
    tool: { name: 'imgaudit', version },
    order,
    images: ordered.map(({ image, size, causes }) => ({ image, size, waste: wasteOf(causes) })),
    causes: causesOver(ordered),
    budgets: judged?.budgets ?? [],
    notices: [...noticesOf(ordered), ...(judged?.notices ?? []).filter(({ code }) => !code.startsWith('baseline-'))],
  }
}

function wasteOf(causes: Report['causes']): number {
  return causes.reduce((sum, { kind, bytes }) => sum + (kind === 'waste' ? bytes : 0), 0)
}
