import type { FormatOptions } from '../report/format.ts'
import { budgetsPart } from '../report/table/budgets.ts'
import { type Page, pageText } from '../report/table/page.ts'
import type { Comparison } from './schema.ts'
import { causesPart } from './table/causes.ts'
import { newFindingsPart, newRemarksPart, settledPart } from './table/findings.ts'
import { headPart } from './table/head.ts'
import { invalidatedPart } from './table/invalidated.ts'
import { layersPart } from './table/layers.ts'
import { otherNoticesPart } from './table/notices.ts'
import { packagesPart } from './table/packages.ts'
import { pathsPart } from './table/paths.ts'
import { pullPart } from './table/pull.ts'
import { sizesPart } from './table/sizes.ts'

/** The comparison for a person: how much it is and why, then what, where, since which layer, and what to do about it. */
export default function table(comparison: Comparison, options: FormatOptions): string {
  return pageText(isSame(comparison) ? same : parts, comparison, options, 40)
}

const parts = [
  headPart,
  sizesPart,
  pullPart,
  causesPart,
  packagesPart,
  pathsPart,
  layersPart,
  invalidatedPart,
  newFindingsPart,
  newRemarksPart,
  settledPart,
  otherNoticesPart,
  budgetsPart,
]

/** A table of nothing but zeros says less than a line. */
const same = [headPart, samePart, otherNoticesPart, budgetsPart]

function isSame({ before, after }: Comparison): boolean {
  return before.image.id === after.image.id
}

function samePart({ ink }: Page<Comparison>): string[] {
  return [ink.bold('Both are the same image: nothing changed, and there is nothing to pull.')]
}
