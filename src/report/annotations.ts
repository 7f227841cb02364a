import { budgetLine } from './budget-text.ts'
import type { Judged } from './format.ts'
import { isOfJudgement } from './judge.ts'
import { linesOf } from './place.ts'
import { problemsOf } from './problem.ts'
import { shorten, shortLine } from './shorten.ts'
import { countText, sizeText } from './size-text.ts'
import { actionsOf, type Finding } from './table/action.ts'
import { eachLine } from './table/line.ts'
import { type Properties, workflowCommand } from './workflow-command.ts'

/** Annotations of each kind that GitHub shows of a step; it drops the others. */
const most = 10
/** Characters of a line of a message. */
const mostOfLine = 1000
const mostLines = 20

/**
 * Problems as annotations of GitHub Actions, one a line: an error for each failed budget, a warning for each leaked secret, for
 * whatever else the run fails for, and for each change that would save something, with its findings, where the Dockerfile has
 * its instruction, and a notice with `sum` and what more there is, behind those that change how budgets are to be read.
 */
export function annotations(judged: Judged, sum: string): string {
  const failed = judged.budgets.filter(({ ok }) => !ok)
  const warned = warnedOf(judged)
  const lines = [
    ...failed.slice(0, most).map(budget => {
      // Of a layer that is too large its instruction.
      const properties = { ...placeOf(judged, budget.layers[0]), title: 'over budget' }
      return workflowCommand('error', properties, shortLine(budgetLine(budget), mostOfLine))
    }),
    ...warned.slice(0, most).map(one => warning(judged, one)),
    ...noticesOf(judged).map(text => workflowCommand('notice', { title: 'imgaudit' }, shortLine(text, mostOfLine))),
    workflowCommand(
      'notice',
      { title: 'imgaudit' },
      `${shortLine(sum, mostOfLine)}${left(failed.slice(most), warned.slice(most))}`,
    ),
  ]
  return lines.map(line => `${line}\n`).join('')
}

/** What changes how budgets are to be read: a baseline that is missing or old, an ignore that no longer holds. */
function noticesOf({ notices }: Judged): string[] {
  return notices
    .filter(notice => isOfJudgement(notice) || notice.code.endsWith('-differs'))
    .slice(0, most - 1)
    .map(({ message }) => message)
}

/** Findings that one change settles; one that saves nothing stands alone. */
interface Warned {
  readonly first: Finding
  readonly findings: readonly Finding[]
  readonly saves: number
  readonly verdict: Finding['verdict']
}

/** Leaked secrets and what else fails the run without any bytes, then changes by what they save. */
function warnedOf(judged: Judged): Warned[] {
  const failed = new Set(judged.budgets.filter(({ ok }) => !ok).map(({ budget }) => budget))
  const bare = problemsOf(judged).flatMap(({ kind, finding }) => {
    const fails = kind === 'leak' || failed.has(`failOn.${finding?.rule}`)
    if (finding === undefined || finding.saves > 0 || !fails) return []
    return [{ first: finding, findings: [finding], saves: 0, verdict: finding.verdict }]
  })
  const changes = actionsOf(judged).flatMap(({ findings, saves, verdict }) => {
    const saving = findings.filter(finding => finding.saves > 0)
    const [first] = saving
    return first === undefined ? [] : [{ first, findings: saving, saves, verdict }]
  })
  return [...bare, ...changes]
}

function warning(judged: Judged, { first, findings, saves, verdict }: Warned): string {
  const rules = new Set(findings.map(({ rule }) => rule))
  const named = `${first.rule}${rules.size === 1 ? '' : ` and ${rules.size - 1} more`}`
  const title = saves === 0 ? named : `${named}: ${sizeText(saves)}, ${verdict}`
  const found = findings.length === 1 ? [first.message, first.because.join('; ')] : findings.slice(0, most).map(item)
  const fixes = new Set(findings.map(({ fix }) => fix.after ?? ''))
  const fixed = [...fixes].flatMap(eachLine).slice(0, mostLines)
  const lines = [...found.map(line => shortLine(line, mostOfLine)), ...fixed.map(line => shorten(line, mostOfLine))]
  const properties = { ...placeOf(judged, first.fix.layer), title: shortLine(title, mostOfLine) }
  return workflowCommand('warning', properties, lines.filter(line => line !== '').join('\n'))
}

function item({ saves, message }: Finding): string {
  return `${sizeText(saves)}: ${message}`
}

function placeOf(judged: Judged, layer: number | null | undefined): Properties {
  const lines = linesOf(judged, layer)
  return lines === undefined ? {} : { file: lines.path, line: lines.start, endLine: lines.end }
}

function left(budgets: Judged['budgets'], warned: readonly Warned[]): string {
  const saves = warned.reduce((total, one) => total + one.saves, 0)
  const more = [
    ...(budgets.length === 0 ? [] : [countText(budgets.length, 'more failed budget')]),
    ...(warned.length === 0 ? [] : [`${countText(warned.length, 'more warning')}, ${sizeText(saves)}`]),
  ]
  return more.length === 0 ? '' : `; not shown here: ${more.join('; ')}`
}
