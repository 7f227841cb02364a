import { sum } from '../../bytes/sum.ts'
import type { Judged } from '../format.ts'
import { countText, sizeText } from '../size-text.ts'
import { type Action, actionsOf, type Finding } from '../table/action.ts'
import { blocks } from './blocks.ts'
import { change } from './change.ts'
import { cellCode, code, htmlCode } from './code.ts'
import { details } from './details.ts'
import type { Extent } from './fitted.ts'
import { type Column, grid } from './grid.ts'
import { prose } from './prose.ts'
import { split } from './rows.ts'

/** What to change, by what it saves: a table that adds up, then each change with its grounds and the Dockerfile's lines. */
export function actions({ findings, layers }: Pick<Judged, 'findings' | 'layers'>, extent: Extent): string[] {
  const worth = actionsOf({ findings }).filter(action => action.saves > 0)
  if (worth.length === 0) return []
  const [shown, rest] = split(worth, extent)
  const pulls = worth.some(({ stored }) => stored !== null)
  const table = grid(columns(pulls), [
    ...shown.map(action => row(action, pulls, extent)),
    ...(rest.length === 0
      ? []
      : [cells(pulls, [saved(rest), pullText(rest), '', countText(rest.length, 'more change'), '', ''])]),
    cells(pulls, [`**${saved(worth)}**`, pullText(worth), '', '**all of it**', '', '']),
  ])
  return blocks([table, ...shown.map(action => how(action, layers, extent))])
}

function columns(pulls: boolean): Column[] {
  return [
    { name: 'saves', align: 'right' },
    ...(pulls ? [{ name: 'of a pull', align: 'right' } as const] : []),
    { name: 'verdict' },
    { name: 'what' },
    { name: 'layer', align: 'right' },
    { name: 'rule' },
  ]
}

function cells(pulls: boolean, [saves = '', pull = '', ...more]: readonly string[]): string[] {
  return pulls ? [saves, pull, ...more] : [saves, ...more]
}

function row(action: Action, pulls: boolean, { length }: Extent): string[] {
  const saving = savingOf(action)
  const [largest] = saving
  const more = saving.length < 2 ? '' : ` (and ${countText(saving.length - 1, 'more finding')})`
  const what = prose(largest?.message ?? '', cellCode, Math.min(length, 300))
  const rules = [...new Set(saving.map(({ rule }) => rule))]
  const [shown, rest] = split(rules, { rows: 3, length })
  const named = `${shown.map(cellCode).join(', ')}${rest.length === 0 ? '' : ` and ${rest.length} more`}`
  const pull = action.stored === null ? '' : `~${sizeText(action.stored)}`
  return cells(pulls, [sizeText(action.saves), pull, action.verdict, `${what}${more}`, place(action), named])
}

function place({ base, fix }: Action): string {
  return base ? 'FROM' : fix.layer === null ? '' : String(fix.layer)
}

function how(action: Action, layers: Judged['layers'], extent: Extent): string[] {
  const { fix, base, verdict } = action
  const saving = savingOf(action)
  const [shown, rest] = split(saving, extent)
  const where = base ? ' with another base image' : fix.layer === null ? '' : ` in layer ${fix.layer}`
  const layer = layers.find(({ index }) => index === fix.layer)
  const written = layer?.dockerfile ?? null
  const common = (saving[0]?.because ?? []).filter(reason => saving.every(({ because }) => because.includes(reason)))
  const instruction = base ? null : (saving[0]?.fix.before ?? layer?.createdBy ?? null)
  const fixes = saving.map(finding => finding.fix)
  const lines = blocks([
    [...shown.flatMap(finding => item(finding, common, extent)), ...others(rest)],
    common.length === 0 ? [] : [`Why: ${prose(common.join('; '), code, extent.length)}`],
    written === null ? [] : [`${code(written.path)}, lines ${written.start} to ${written.end}:`],
    change(instruction, fixes, extent),
  ])
  return details(`<b>${sizeText(action.saves)}</b>, ${verdict}: ${htmlCode(fix.id)}${where}`, lines)
}

function others(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return []
  return [`- ${sizeText(sum(findings.map(({ saves }) => saves)))} in ${countText(findings.length, 'more finding')}`]
}

/** A finding with its part of the saving, what holds for it alone, and the guide's section that it rests on. */
function item(finding: Finding, common: readonly string[], { length }: Extent): string[] {
  const { saves, stored, message, because, guide, rule, paths, layers } = finding
  const own = because.filter(reason => !common.includes(reason))
  const pull = stored === null ? '' : ` (~${sizeText(stored.saves)} of a pull)`
  const part = finding.ignored === null ? '' : `, ${sizeText(finding.ignored.saves)} of it ignored`
  const source = [
    code(rule),
    ...(guide === null ? [] : [`guide ${guide.section}, ${prose(guide.title, code, length)}`]),
  ]
  const told = paths[0] === undefined || message.includes(paths[0].path)
  const largest = told ? [] : paths.slice(0, 3).map(({ path, bytes }) => `${code(path)} ${sizeText(bytes)}`)
  return [
    `- **${sizeText(saves)}**${pull}${part}: ${prose(message, code, length)}`,
    ...(own.length === 0 ? [] : [`  - ${prose(own.join('; '), code, length)}`]),
    ...(largest.length === 0
      ? []
      : [`  - ${largest.join(', ')}${paths.length > 3 ? `, ${paths.length - 3} more` : ''}`]),
    `  - ${source.join(' · ')}${layers.length > 1 ? ` · layers ${layers.join(', ')}` : ''}`,
  ]
}

/** A finding whose bytes others have claimed adds nothing to read. */
function savingOf({ findings }: Action): Finding[] {
  return findings.filter(({ saves }) => saves > 0)
}

function saved(actions: readonly Action[]): string {
  return sizeText(sum(actions.map(({ saves }) => saves)))
}

/** Of blobs: an estimate; blank where it is not known of all. */
function pullText(actions: readonly Action[]): string {
  const known = actions.flatMap(({ stored }) => (stored === null ? [] : [stored]))
  return known.length < actions.length ? '' : `~${sizeText(sum(known))}`
}
