import { resolve } from 'node:path'
import { ImgauditError } from '../error.ts'
import type { Report } from '../report/schema.ts'
import { readStoredReport } from '../report/stored-report.ts'
import { trendFormats } from '../trend/index.ts'
import { lineUp } from '../trend/line-up.ts'
import { trendOf } from '../trend/trend.ts'
import { version } from '../version.ts'
import type { Host } from './host.ts'
import { policyOf } from './policy.ts'
import { publisher } from './publish.ts'
import { verdict } from './report-on.ts'
import type { ReportOptions } from './report-options.ts'

/** Lines stored reports up and prints size by cause over them. Answers with the exit code. */
export async function trend(host: Host, names: readonly string[], options: ReportOptions): Promise<number> {
  const publish = await publisher(host, options, trendFormats)
  const reports: Report[] = []
  // One after the other: of several that cannot be read, the first is told.
  for (const path of pathsOf(host, names)) reports.push(await readStoredReport(path))
  // The configuration can speak of the last image alone, which is not always named last.
  const policy = await policyOf(host, options, lineUp(reports).reports.at(-1)?.image.reference ?? '')
  const found = trendOf(reports, policy, host.now(), version)
  await publish(found)
  return verdict(host, options, found.budgets)
}

function pathsOf({ cwd }: Host, names: readonly string[]): string[] {
  if (names.includes('-')) {
    throw new ImgauditError('USAGE', 'trend reads files, not standard input', `name stored reports: ${example}`)
  }
  const paths = names.map(name => resolve(cwd, name))
  const twice = names.find((_, at) => paths.indexOf(paths[at] ?? '') < at)
  if (twice !== undefined) throw new ImgauditError('USAGE', `${twice} is named twice`, 'leave one of the two out')
  if (names.length < 2) throw new ImgauditError('USAGE', 'one report has no trend', `name several: ${example}`)
  return paths
}

const example = 'imgaudit trend reports/*.json'
