import type { AuditOptions } from '../audit.ts'
import { budgetLine } from '../report/budget-text.ts'
import type { FormatOptions, Formatter } from '../report/format.ts'
import { type FormatName, formats } from '../report/index.ts'
import type { Report } from '../report/schema.ts'
import { coloursOn, columnsOf, type Host } from './host.ts'
import { outputFile, writeWhole } from './output-file.ts'
import { print, tell } from './print.ts'
import { reading } from './reading.ts'

/** What the command line says of how to read and what to print. */
export interface ReportOptions extends Omit<AuditOptions, 'env' | 'cwd' | 'homedir' | 'stdin' | 'signal' | 'progress'> {
  readonly format: FormatName
  readonly output: readonly string[]
  readonly top: number
  readonly all: boolean
  readonly quiet: boolean
  readonly color: boolean
}

/** An image to audit, and what to say before its report. */
export interface Subject {
  readonly reference: string
  readonly cwd?: string
  readonly preface?: string
}

/** What to print of a report, by format. */
export type View = Readonly<Record<FormatName, () => Promise<Formatter>>>

/**
 * Audits an image and prints its report, or a view of it, also into files. `find` names the image when all that can be checked has been.
 * Answers with the exit code.
 */
export async function reportOn(
  host: Host,
  options: ReportOptions,
  find: (signal: AbortSignal) => Promise<Subject>,
  view: View = formats,
): Promise<number> {
  const files = await Promise.all(options.output.map(name => outputFile(name, host.cwd)))
  const { audit } = await import('../audit.ts')
  const [subject, report] = await reading(host, options, async surroundings => {
    const found = await find(surroundings.signal)
    const { reference, cwd = host.cwd } = found
    return [found, await audit(reference, { ...surroundings, cwd })] as const
  })
  await show(host, options, subject, report, view)
  for (const { path, format } of files) {
    const formatter = await view[format]()
    await writeWhole(path, formatter(report, { ...options, width: 80, colour: false }))
  }
  return report.budgets.every(budget => budget.ok) ? 0 : 1
}

async function show(
  host: Host,
  options: ReportOptions,
  { preface }: Subject,
  report: Report,
  view: View,
): Promise<void> {
  const { stdout, stderr, env } = host
  const look: FormatOptions = {
    width: columnsOf(stdout),
    colour: coloursOn(stdout, env, options.color),
    top: options.top,
    all: options.all,
  }
  const formatter = await view[options.format]()
  // What a program reads has nothing else in it.
  const forPeople = options.format === 'table'
  if (preface !== undefined) {
    if (forPeople) await print(stdout, `${preface}\n\n`)
    else if (!options.quiet) await tell(stderr, `${preface}\n`)
  }
  await print(stdout, formatter(report, look))
  if (forPeople) return
  for (const budget of report.budgets) {
    if (!budget.ok) await tell(stderr, `over budget: ${budgetLine(budget)}\n`)
  }
}
