import type { FormatOptions } from './format.ts'
import type { Report } from './schema.ts'
import { actionsPart } from './table/actions.ts'
import { budgetsPart } from './table/budgets.ts'
import { gpuCodePart } from './table/gpu-code.ts'
import { ignoredPart } from './table/ignored.ts'
import { keptPart } from './table/kept.ts'
import { layersPart } from './table/layers.ts'
import { noticesPart } from './table/notices.ts'
import { pageText } from './table/page.ts'
import { remarksPart } from './table/remarks.ts'
import { sizesPart } from './table/sizes.ts'

/** The report for a person: what the image weighs, what to change, then where everything else went. */
export default function table(report: Report, options: FormatOptions): string {
  return pageText(parts, report, options)
}

const parts = [
  sizesPart,
  actionsPart,
  remarksPart,
  ignoredPart,
  layersPart,
  keptPart,
  gpuCodePart,
  noticesPart,
  budgetsPart,
]
