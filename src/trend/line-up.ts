import type { Report } from '../report/schema.ts'
import type { Trend } from './schema.ts'

/** Reports in the order of a trend, first to last. */
interface LineUp {
  readonly order: Trend['order']
  readonly reports: readonly Report[]
}

/** Orders reports by when their images were made, where each says so and no two say the same; else leaves them as named. */
export function lineUp(reports: readonly Report[]): LineUp {
  const times = new Map(reports.map(report => [report, timeOf(report)]))
  const distinct = new Set(times.values()).size === reports.length
  if (!distinct || [...times.values()].includes(undefined)) return { order: 'given', reports }
  const time = (report: Report) => times.get(report) ?? 0
  return { order: 'created', reports: [...reports].sort((a, b) => time(a) - time(b)) }
}

/** Milliseconds; undefined where the image does not say, or says what builders write who leave the time out (year 1, 1970 or
 *  1980: buildpacks, Bazel, Nix, SOURCE_DATE_EPOCH=0). */
function timeOf({ image }: Report): number | undefined {
  const time = image.created === null ? Number.NaN : Date.parse(image.created)
  return time > leftOut ? time : undefined
}

const leftOut = Date.UTC(1980, 0, 2)
