import { budgetLine } from './budget-text.ts'
import { type FindingText, findingText } from './finding-text.ts'
import { fingerprints } from './fingerprint.ts'
import type { Judged } from './format.ts'
import { type Place, placeOf } from './place.ts'
import { shorten } from './shorten.ts'
import { isIgnored } from './table/action.ts'
import { oneLine } from './table/line.ts'

type Finding = Judged['findings'][number]

/** A failed budget or a finding, as formats have it that list problems one by one. */
export interface Problem {
  /** `pip-cache`, `budget/size`. */
  readonly rule: string
  /** over: the budgets that make the run fail; leak: secrets. */
  readonly kind: 'over' | 'leak' | 'safe' | 'check'
  readonly text: FindingText
  readonly layer: number | null
  readonly place: Place
  readonly fingerprint: string
  readonly finding?: Finding
}

/** GitHub takes 255 characters as the name of a rule. */
const mostOfName = 200

/** Failed budgets, then findings. What has to stay or is ignored is no problem, and what other findings take already is the same
 *  problem again, unless the run fails for it. */
export function problemsOf(judged: Judged): Problem[] {
  const budgets = judged.budgets.filter(({ ok }) => !ok)
  const failed = new Set(budgets.map(({ budget }) => budget))
  const findings = judged.findings.filter(finding => {
    const { rule, verdict, bytes, saves } = finding
    const counts = saves > 0 || bytes === 0 || failed.has(`failOn.${rule}`)
    return counts && verdict !== 'keep' && !isIgnored(finding)
  })
  const prints = fingerprints(judged, [...budgets, ...findings])
  const over = budgets.map((budget, at): Problem => {
    const layer = budget.layers[0] ?? null
    const print = { place: placeOf(judged, layer), fingerprint: prints[at] ?? '' }
    return {
      rule: `budget/${shorten(oneLine(budget.budget), mostOfName)}`,
      kind: 'over',
      text: { what: budgetLine(budget), why: '', write: [] },
      layer,
      ...print,
    }
  })
  const found = findings.map((finding, at): Problem => {
    const { rule, verdict, fix } = finding
    const print = { place: placeOf(judged, fix.layer), fingerprint: prints[budgets.length + at] ?? '' }
    const kind = rule === 'secrets' ? 'leak' : verdict === 'safe' ? 'safe' : 'check'
    return { rule, kind, text: findingText(finding), layer: fix.layer, ...print, finding }
  })
  return [...over, ...found]
}
