import { countText, sizeText } from '../../report/size-text.ts'
import { marked } from '../../report/table/advice.ts'
import { heading, type Page } from '../../report/table/page.ts'
import { clip, wrapSentence } from '../../report/table/wrap.ts'
import type { GuideReference } from '../../rule/rule.ts'
import type { Comparison } from '../schema.ts'

const guide: GuideReference = { section: 4, title: 'Layer Optimization Checklist' }

/** What the first changed layer cost behind it, and how to order instructions so that it does not. */
export function invalidatedPart(page: Page<Comparison>): string[] {
  const { report, ink, width, all } = page
  if (report.invalidated === null) return []
  const { layer, createdBy, base, layers, bytes } = report.invalidated
  const kind = report.pull.kind === 'stored' ? 'as stored' : 'unpacked'
  const behind = `${countText(layers.length, 'layer')} behind it (${layers.join(', ')})`
  const told = `layer ${layer} is another, so ${behind} had to be built again from instructions that did not change`
  const instruction = createdBy === null || base === true ? [] : marked('- ', createdBy, width - 2)
  const advice = `${base === true ? ofBase : ofOwn}${copiesAgain(report.layers, layers) ? linked : ''}`
  const lines = [
    ...wrapSentence(told, width - 2, all).map(line => ink.bold(line)),
    ...(base === true ? [] : [ink.dim(`guide ${guide.section}, ${guide.title}`)]),
    ...clip(instruction, all ? Number.POSITIVE_INFINITY : 2, width - 2).map(line => ink.red(line)),
    ...marked('→ ', advice, width - 2, '  ').map(line => ink.green(line)),
  ]
  const cost = `${sizeText(bytes)} of what is to pull, ${kind}`
  return [heading(page, 'BUILT AGAIN', cost), '', ...lines.map(line => `  ${line}`)]
}

const ofOwn =
  'order instructions from stable to volatile: what changes often, application code and ARGs, comes last, behind what is ' +
  'large and seldom changes'
const ofBase =
  'the base image is another: name it by digest (FROM name@sha256:…) and take a newer one when all is to be pulled anyway'
const linked = '; COPY --link makes a layer that stays as it is, whatever changes below it'

/** Whether one of those layers is a COPY that needs nothing of what lies below it. */
function copiesAgain(rows: Comparison['layers'], layers: readonly number[]): boolean {
  return rows.some(({ after, createdBy }) => {
    if (after === null || !layers.includes(after)) return false
    return /^(?:COPY|ADD)\s/.test(createdBy ?? '') && !/\s--link\b/.test(createdBy ?? '')
  })
}
