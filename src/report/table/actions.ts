import type { Judged } from '../format.ts'
import { countText, sizeText } from '../size-text.ts'
import { type Action, actionsOf, type Finding, hasIgnoredWaste } from './action.ts'
import { advice, isDockerfile, marked } from './advice.ts'
import { grid, remaining } from './grid.ts'
import { oneLine } from './line.ts'
import { heading, type Page, rowsShown } from './page.ts'
import { clip, shortPath, wrap, wrapSentence } from './wrap.ts'

const widths = [8]

/** What to change, by what it saves: where, how, on which grounds. */
export function actionsPart(page: Page): string[] {
  const actions = actionsOf(page.report)
  if (actions.length === 0) return [hasIgnoredWaste(page.report.findings) ? ignored : clean]
  return [
    heading(page, 'WHAT TO CHANGE', 'what it saves, whether that is safe, and how'),
    '',
    ...actionList(page, actions),
  ]
}

/** What actions are drawn from: a report, or what is new in a comparison. */
type Changes = Pick<Judged, 'findings' | 'layers'>

/** Actions without a heading; no line where there are none. */
export function actionList(page: Page<Changes>, actions = actionsOf(page.report)): string[] {
  if (actions.length === 0) return []
  const worth = page.all ? actions : actions.filter(action => action.saves > 0)
  const shown = worth.slice(0, rowsShown(page, worth.length))
  const width = remaining(page.width, widths)
  const rows = shown.flatMap((action, at) => [
    ...(at === 0 ? [] : [['', '']]),
    [
      [page.ink.bold(sizeText(action.saves)), verdict(page, action.verdict), ...pull(page, action)].join('\n'),
      describe(page, action, width).join('\n'),
    ],
  ])
  const list = rows.length === 0 ? [] : grid([{ width: 8, align: 'right' }, { width }], rows)
  return [...list, ...rest(page, actions, shown)]
}

const clean = 'No waste was found: there is nothing to change.'
const ignored = 'All waste that was found is ignored: there is nothing to change.'

function describe(page: Page<Changes>, action: Action, width: number): string[] {
  // A finding whose bytes others have claimed adds nothing to read.
  const saving = action.findings.filter(finding => page.all || finding.saves > 0)
  const change = [...instruction(page, action, saving, width), ...fixes(page, saving, width)]
  const [only] = saving
  if (only !== undefined && saving.length === 1) {
    return [...said(page, only, oneLine(only.message), width, 3), ...change, ...grounds(page, reasonsOf(only), width)]
  }
  const common = reasonsOf(saving[0]).filter(reason => saving.every(finding => reasonsOf(finding).includes(reason)))
  const shown = saving.slice(0, page.all || saving.length <= most + 1 ? saving.length : most)
  return [
    ...(action.base ? wrap(`what ${layersText(saving)} brought:`, width).map(line => page.ink.bold(line)) : []),
    ...shown.flatMap(finding => itemized(page, action, finding, common, width)),
    ...others(page, saving.slice(shown.length)),
    ...change,
    ...grounds(page, common, width),
  ]
}

/** Findings of one action that are printed, largest first. */
const most = 5

function others({ ink }: Page<Changes>, findings: readonly Finding[]): string[] {
  if (findings.length === 0) return []
  const saves = findings.reduce((sum, finding) => sum + finding.saves, 0)
  return [ink.dim(`· ${countText(findings.length, 'more finding')}: ${sizeText(saves)}`)]
}

/** `FROM (layers 0, 1)`. */
function layersText(findings: readonly Finding[]): string {
  const layers = [...new Set(findings.map(({ fix }) => fix.layer))].sort((a, b) => Number(a) - Number(b))
  return `FROM (${layers.length === 1 ? 'layer' : 'layers'} ${layers.join(', ')})`
}

/** A finding beside others under one fix, with its own part of the saving and what holds for it alone. */
function itemized(
  page: Page<Changes>,
  { verdict }: Action,
  finding: Finding,
  common: readonly string[],
  width: number,
): string[] {
  const facts = [
    ...(finding.stored === null ? [] : [`~${sizeText(finding.stored.saves)} of the pull`]),
    ...(finding.verdict === verdict ? [] : [finding.verdict]),
  ]
  const part = `${sizeText(finding.saves)}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`
  const own = reasonsOf(finding).filter(reason => !common.includes(reason))
  const lines = [
    ...said(page, finding, `${part}: ${oneLine(finding.message)}`, width - 2, 1),
    ...grounds(page, own, width - 2),
  ]
  return lines.map((line, at) => `${at === 0 ? '· ' : '  '}${line}`)
}

/** What was found, where that is, and by which rule. */
function said({ ink, all }: Page<Changes>, finding: Finding, message: string, width: number, paths: number): string[] {
  const [largest] = finding.paths
  const told = largest === undefined || names(message, largest.path)
  const shown = finding.paths.slice(0, all ? undefined : told ? 0 : paths)
  return [
    ...wrapSentence(message, width, all).map(line => ink.bold(line)),
    ...shown.map(path => ink.dim(pathLine(path, width, all || finding.layers.length > 1))),
    ...wrap(oneLine(source(finding)), width).map(line => ink.dim(line)),
  ]
}

/** Whether a sentence has the path, or a folder around it that says enough. */
function names(message: string, path: string): boolean {
  const parts = path.split('/').slice(1)
  return parts.some(
    (_, at) => (at > 0 || parts.length === 1) && message.includes(`/${parts.slice(0, at + 1).join('/')}`),
  )
}

/** `place`: which layer wrote it and which hides it, where the finding does not say so. */
function pathLine(
  { path, kind, bytes, count, layer, hiddenBy }: Finding['paths'][number],
  width: number,
  place: boolean,
): string {
  const facts = [
    sizeText(bytes),
    ...(kind === 'folder' ? [countText(count, 'file')] : []),
    ...(place ? [`layer ${layer}`] : []),
    ...(place && hiddenBy !== null ? [`hidden by ${hiddenBy}`] : []),
  ].join(', ')
  const name = oneLine(kind === 'folder' && path !== '/' ? `${path}/` : path)
  return `  ${shortPath(name, Math.max(12, width - facts.length - 4))}  ${facts}`
}

/** The instruction as it is; that of a base image is somebody else's. */
function instruction(
  { ink, all, report }: Page<Changes>,
  { fix, base }: Action,
  findings: readonly Finding[],
  width: number,
): string[] {
  if (base) return []
  const { before, layer } = findings[0]?.fix ?? fix
  const text = before ?? (layer === null ? null : (report.layers[layer]?.createdBy ?? null))
  // Where a sentence says what to do, the instruction stays.
  const goes = findings.some(({ fix }) => fix.after !== null && isDockerfile(fix.after))
  const lines = text === null ? [] : marked(goes ? '- ' : '  ', text, width)
  return clip(lines, all ? Number.POSITIVE_INFINITY : 2, width).map(line => (goes ? ink.red(line) : ink.dim(line)))
}

/** What it should be. */
function fixes({ ink, all }: Page<Changes>, findings: readonly Finding[], width: number): string[] {
  const lines = [...new Set(findings.map(({ fix }) => fix.after))].flatMap(text => advice(text ?? '', width))
  return clip(lines, all ? Number.POSITIVE_INFINITY : 8, width).map(line => ink.green(line))
}

/** Why; that the layer came with FROM is said in the same words of each. */
function reasonsOf(finding: Finding | undefined): readonly string[] {
  if (finding === undefined) return []
  const { because, fix } = finding
  return because.map(reason => reason.replace(`layer ${fix.layer} came with FROM`, 'it came with FROM'))
}

function grounds({ ink, all }: Page<Changes>, reasons: readonly string[], width: number): string[] {
  return wrapSentence(oneLine(reasons.join('; ')), width, all).map(line => ink.dim(line))
}

/** The rule, and the guide's section that it rests on. */
function source({ rule, fix, guide }: Finding): string {
  const place = fix.layer === null ? [] : [`layer ${fix.layer}`]
  return [rule, ...place, ...(guide === null ? [] : [`guide ${guide.section}, ${guide.title}`])].join(' · ')
}

function rest({ ink }: Page<Changes>, actions: readonly Action[], shown: readonly Action[]): string[] {
  const left = actions.filter(action => !shown.includes(action))
  if (left.length === 0) return []
  const saves = left.reduce((sum, action) => sum + action.saves, 0)
  const changes = countText(left.length, shown.length === 0 ? 'change' : 'more change')
  const them = left.length === 1 ? 'it' : 'them'
  const line = ink.dim(`  ${changes} would save ${sizeText(saves)}: --all shows ${them}`)
  return shown.length === 0 ? [line] : ['', line]
}

/** What it saves of a pull, which has the blobs. */
function pull({ ink }: Page<Changes>, { stored }: Action): string[] {
  return stored === null ? [] : [`~${sizeText(stored)}`, ink.dim('to pull')]
}

function verdict({ ink }: Page<Changes>, verdict: Finding['verdict']): string {
  return verdict === 'safe' ? ink.green(verdict) : ink.yellow(verdict)
}
