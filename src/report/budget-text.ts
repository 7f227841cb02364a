import { showName } from '../bytes/name.ts'
import type { Report } from './schema.ts'
import { bytesText, countText, exactText, sizeText } from './size-text.ts'

type Budget = Report['budgets'][number]

/** `waste is 1.71 GB, the limit is 10 %, which is 639 MB: 1.07 GB too much`; `secrets has 2 findings, none is allowed`.
 *  Harmless to print. */
export function budgetLine(budget: Budget): string {
  return budget.unit === 'findings' ? findingsLine(budget) : bytesLine(budget)
}

/** `waste`, `layer`, and of a cause or a rule its name: `pip-cache`. Harmless to print. */
export function budgetName({ budget }: Budget): string {
  return showName(budget.replace(/^(?:causes|failOn)\./, ''))
}

function findingsLine(budget: Budget): string {
  const { value, ok } = budget
  return ok
    ? `${budgetName(budget)} has no findings`
    : `${budgetName(budget)} has ${countText(value, 'finding')}, none is allowed`
}

function bytesLine(budget: Budget): string {
  const { value, limit, share, ok } = budget
  // 1,000,000,001 and 1,000,000,000 bytes are both 1.00 GB.
  const text = !ok && sizeText(value) === sizeText(limit) ? bytesText : sizeText
  const allowed = share === null ? text(limit) : `${percent(share)} %, which is ${text(limit)}`
  const stand = `${subject(budget)} is ${valueText(budget, text)}, the limit is ${allowed}`
  return ok ? stand : `${stand}: ${text(value - limit)} too much${others(budget)}`
}

function subject(budget: Budget): string {
  const [first] = budget.layers
  if (first === undefined) return budgetName(budget)
  return budget.ok ? `the largest layer, ${first},` : `layer ${first}`
}

function valueText({ budget, value }: Budget, text: (bytes: number) => string): string {
  return budget === 'growth' && value < 0 ? `none, ${text(-value)} less` : text(value)
}

/** Layers over the limit besides the largest. */
function others({ layers: [, ...more] }: Budget): string {
  if (more.length === 0) return ''
  return more.length === 1 ? `; layer ${more[0]} is over it too` : `; layers ${more.join(', ')} are over it too`
}

/** As it was asked for: 10, 2.5. */
function percent(share: number): string {
  const hundredths = Number((share * 100).toPrecision(12))
  return Number.isInteger(hundredths) ? exactText(hundredths) : String(hundredths)
}
