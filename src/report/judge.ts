import { baselineNotices } from './baseline.ts'
import { budgetsOf } from './budgets.ts'
import { ignoring } from './ignores.ts'
import type { Policy } from './limits.ts'
import type { Report } from './schema.ts'

/** What a report is judged by. */
export interface Judging extends Policy {
  /** What growth is measured against; undefined where nothing was named, null where it was not to be had. */
  readonly against?: Report | null | undefined
  /** Today, for ignores that expire. */
  readonly now: Date
}

/** Holds a report against a policy: its budgets, what ignores take, and notices about both. What an earlier judgement said of
 *  it is forgotten. Pure. */
export function judge(report: Report, { limits, ignore, against, now }: Judging): Report {
  const { findings, notices } = ignoring(report, ignore, now)
  const measured = against ? { image: against.image, size: against.size } : null
  const weighed = { ...report, findings, against: measured }
  return {
    ...weighed,
    budgets: budgetsOf(weighed, limits),
    notices: [
      ...report.notices.filter(notice => !isOfJudgement(notice)),
      ...baselineNotices(report, against, limits.growth),
      ...notices,
    ],
  }
}

/** Whether a notice is about what an image was judged by, and not about the image or how it was read. */
export function isOfJudgement({ code }: Report['notices'][number]): boolean {
  return /^(?:baseline|ignore)-/.test(code)
}
