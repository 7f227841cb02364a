import { budgetLine } from '../report/budget-text.ts'
import { formats, type View } from '../report/index.ts'
import { judge } from '../report/judge.ts'
import type { Report } from '../report/schema.ts'
import { againstOf } from './against.ts'
import { dockerfileOf } from './dockerfile.ts'
import { entriesFile } from './entries-file.ts'
import type { Host } from './host.ts'
import { checkGrowth, policyOf } from './policy.ts'
import { print, tell } from './print.ts'
import { type PublishOptions, publisher } from './publish.ts'
import { reading } from './reading.ts'
import type { ReportOptions } from './report-options.ts'
import { checkInput, refuseForReports, storedReport } from './stored.ts'

/** An image to audit, and what to say before its report. */
export interface Subject {
  readonly reference: string
  readonly cwd?: string
  readonly preface?: string
}

/**
 * Audits an image, or judges a stored report anew, and prints the report or a view of it, also into files. `find` names the
 * image when all that can be checked has been. Answers with the exit code.
 */
export async function reportOn(
  host: Host,
  options: ReportOptions,
  reference: string,
  find: (signal: AbortSignal) => Promise<Subject>,
  view: View<Report> = formats,
): Promise<number> {
  checkGrowth(options)
  checkInput([reference, options.base, options.against])
  const publish = await publisher(host, options, view)
  const entries = options.entries === undefined ? {} : { entries: await entriesFile(options.entries, host) }
  const dockerfile = await dockerfileOf(host, options)
  const stored = await storedReport(host, reference)
  if (stored !== undefined) refuseForReports(options)
  const policy = await policyOf(host, options, stored?.image.reference ?? reference)
  const { audit, placed } = await import('../audit.ts')
  const [subject, report] = await reading<readonly [Subject, Report]>(host, options, async surroundings => {
    const asked = { ...surroundings, ...policy, ...dockerfile, ...entries }
    // What is said of this image is not said of that one.
    const { base, baseLayers, image, limits, ...other } = surroundings
    const against = await againstOf(host, options, named => audit(named, { ...other, gpu: policy.gpu }))
    if (stored !== undefined) {
      const report = await placed(stored, dockerfile.dockerfile)
      return [{ reference }, judge(report, { ...policy, ...against, now: host.now() })]
    }
    const found = await find(surroundings.signal)
    const { cwd = host.cwd } = found
    return [found, await audit(found.reference, { ...asked, ...against, cwd })]
  })
  await sayFirst(host, options, subject)
  await publish(report)
  return verdict(host, options, report.budgets)
}

async function sayFirst(host: Host, { format, quiet }: ReportOptions, { preface }: Subject): Promise<void> {
  if (preface === undefined) return
  // What a program reads has nothing else in it.
  if (format.every(name => name === 'table')) await print(host, `${preface}\n\n`)
  else if (!quiet) await tell(host.stderr, `${preface}\n`)
}

/** The exit code, which a person is told the reason of where no table is printed. */
export async function verdict(
  { stderr }: Host,
  { format }: PublishOptions,
  budgets: Report['budgets'],
): Promise<number> {
  const failed = budgets.filter(budget => !budget.ok)
  if (!format.includes('table')) {
    for (const budget of failed) await tell(stderr, `over budget: ${budgetLine(budget)}\n`)
  }
  return failed.length === 0 ? 0 : 1
}
