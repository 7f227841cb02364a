import type { AuditOptions } from '../audit.ts'
import { ImgauditError } from '../error.ts'
import { budgetLine } from '../report/budget-text.ts'
import type { FormatOptions } from '../report/format.ts'
import { type FormatName, formats } from '../report/index.ts'
import type { Report } from '../report/schema.ts'
import type { Progress } from '../source/source.ts'
import { coloursOn, columnsOf, type Host } from './host.ts'
import { outputFile, writeWhole } from './output-file.ts'
import { print, tell } from './print.ts'

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

/**
 * Audits an image and prints its report, also into files. `find` names the image when all that can be checked has been.
 * Answers with the exit code.
 */
export async function reportOn(
  host: Host,
  options: ReportOptions,
  find: (signal: AbortSignal) => Promise<Subject>,
): Promise<number> {
  const files = await Promise.all(options.output.map(name => outputFile(name, host.cwd)))
  const abort = new AbortController()
  const unlisten = host.onInterrupt(() => abort.abort())
  const progress = await progressOn(host, options)
  try {
    const subject = await find(abort.signal)
    const report = await read(host, options, subject, abort.signal, progress)
    progress?.end()
    await show(host, options, subject, report)
    for (const { path, format } of files) {
      const formatter = await formats[format]()
      await writeWhole(path, formatter(report, { ...options, width: 80, colour: false }))
    }
    return report.budgets.every(budget => budget.ok) ? 0 : 1
  } finally {
    progress?.end()
    unlisten()
  }
}

async function read(
  { env, homedir, stdin, ...host }: Host,
  { format, output, top, all, quiet, color, ...asked }: ReportOptions,
  { reference, cwd = host.cwd }: Subject,
  signal: AbortSignal,
  progress: Progress | undefined,
): Promise<Report> {
  const { audit } = await import('../audit.ts')
  try {
    return await audit(reference, { ...asked, env, cwd, homedir, stdin, signal, ...(progress && { progress }) })
  } catch (error) {
    // What a library throws when it is told to stop differs from library to library.
    if (!signal.aborted || error instanceof ImgauditError) throw error
    throw new ImgauditError('INTERRUPTED', 'interrupted', 'run the same command again', { cause: error })
  }
}

async function show(host: Host, options: ReportOptions, { preface }: Subject, report: Report): Promise<void> {
  const { stdout, stderr, env } = host
  const look: FormatOptions = {
    width: columnsOf(stdout),
    colour: coloursOn(stdout, env, options.color),
    top: options.top,
    all: options.all,
  }
  const formatter = await formats[options.format]()
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

async function progressOn({ stderr }: Host, { quiet }: ReportOptions): Promise<Progress | undefined> {
  if (quiet || stderr.isTTY !== true) return undefined
  const { Bar } = await import('./progress.ts')
  return new Bar(stderr)
}
