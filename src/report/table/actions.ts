import { countText, sizeText } from '../size-text.ts'
import { type Action, actionsOf, type Finding } from './action.ts'
import { advice, marked } from './advice.ts'
import { grid, remaining } from './grid.ts'
import { oneLine } from './line.ts'
import { heading, type Page, rowsShown } from './page.ts'
import { clip, shortPath, wrap, wrapSentence } from './wrap.ts'

const widths = [8]

/** What to change, by what it saves: where, how, on which grounds. */
export function actionsPart(page: Page): string[] {
  const actions = actionsOf(page.report)
  if (actions.length === 0) return []
  const worth = page.all ? actions : actions.filter(action => action.saves > 0)
  const shown = worth.slice(0, rowsShown(page, worth.length))
  const width = remaining(page.width, widths)
  const rows = shown.flatMap((action, at) => [
    ...(at === 0 ? [] : [['', '']]),
    [
      `${page.ink.bold(sizeText(action.saves))}\n${verdict(page, action.verdict)}`,
      describe(page, action, width).join('\n'),
    ],
  ])
  return [
    heading(page, 'WHAT TO CHANGE', 'what it saves, whether that is safe, and how'),
    '',
    ...grid([{ width: 8, align: 'right' }, { width }], rows),
    ...rest(page, actions, shown),
  ]
}

function describe(page: Page, action: Action, width: number): string[] {
  // A finding whose bytes others have claimed adds nothing to read.
  const saving = action.findings.filter(finding => page.all || finding.saves > 0)
  const [only] = saving
  return [
    ...(only !== undefined && saving.length === 1
      ? said(page, only, oneLine(only.message), width)
      : saving.flatMap(finding => itemized(page, action, finding, width))),
    ...change(page, { ...action, findings: saving }, width),
    ...wrapSentence(oneLine(because(saving)), width, page.all).map(line => page.ink.dim(line)),
  ]
}

/** A finding beside others under one fix, with its own part of the saving. */
function itemized(page: Page, { verdict }: Action, finding: Finding, width: number): string[] {
  const part = `${sizeText(finding.saves)}${finding.verdict === verdict ? '' : ` (${finding.verdict})`}`
  const lines = said(page, finding, `${part}: ${oneLine(finding.message)}`, width - 2)
  return lines.map((line, at) => `${at === 0 ? '· ' : '  '}${line}`)
}

/** What was found, and by which rule. */
function said({ ink, all }: Page, finding: Finding, message: string, width: number): string[] {
  return [
    ...wrapSentence(message, width, all).map(line => ink.bold(line)),
    ...wrap(oneLine(source(finding)), width).map(line => ink.dim(line)),
    ...(all ? finding.paths.map(path => ink.dim(pathLine(path, width))) : []),
  ]
}

function pathLine({ path, kind, bytes, count, layer, hiddenBy }: Finding['paths'][number], width: number): string {
  const facts = [
    sizeText(bytes),
    ...(kind === 'folder' ? [countText(count, 'file')] : []),
    `layer ${layer}`,
    ...(hiddenBy === null ? [] : [`hidden by ${hiddenBy}`]),
  ].join(', ')
  const name = oneLine(kind === 'folder' && path !== '/' ? `${path}/` : path)
  return `  ${shortPath(name, Math.max(12, width - facts.length - 4))}  ${facts}`
}

/** The instruction as it is and as it should be. */
function change({ ink, all, report }: Page, { fix, findings }: Action, width: number): string[] {
  const before = fix.before ?? (fix.layer === null ? null : (report.layers[fix.layer]?.createdBy ?? null))
  const after = [...new Set(findings.map(finding => finding.fix.after))].flatMap(text => advice(text ?? '', width))
  const most = all ? Number.POSITIVE_INFINITY : 2
  return [
    ...clip(before === null ? [] : marked('- ', before, width), most, width).map(line => ink.red(line)),
    ...clip(after, most * 4, width).map(line => ink.green(line)),
  ]
}

function because(findings: readonly Finding[]): string {
  return [...new Set(findings.flatMap(finding => finding.because))].join('; ')
}

/** The rule, and the guide's section that it rests on. */
function source({ rule, fix, guide }: Finding): string {
  const place = fix.layer === null ? [] : [`layer ${fix.layer}`]
  return [rule, ...place, ...(guide === null ? [] : [`guide ${guide.section}, ${guide.title}`])].join(' · ')
}

function rest({ ink }: Page, actions: readonly Action[], shown: readonly Action[]): string[] {
  const left = actions.filter(action => !shown.includes(action))
  if (left.length === 0) return []
  const saves = left.reduce((sum, action) => sum + action.saves, 0)
  return ['', ink.dim(`  ${countText(left.length, 'more change')} would save ${sizeText(saves)}: --all shows them`)]
}

function verdict({ ink }: Page, verdict: Finding['verdict']): string {
  return verdict === 'safe' ? ink.green(verdict) : ink.yellow(verdict)
}
