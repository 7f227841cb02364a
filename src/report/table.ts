import picocolors from 'picocolors'
import type { FormatOptions } from './format.ts'
import type { Report } from './schema.ts'
import { actionsPart } from './table/actions.ts'
import { budgetsPart } from './table/budgets.ts'
import { gpuCodePart } from './table/gpu-code.ts'
import { keptPart } from './table/kept.ts'
import { layersPart } from './table/layers.ts'
import { noticesPart } from './table/notices.ts'
import type { Page } from './table/page.ts'
import { remarksPart } from './table/remarks.ts'
import { sizesPart } from './table/sizes.ts'

/** The report for a person: what the image weighs, what to change, then where everything else went. */
export default function table(report: Report, options: FormatOptions): string {
  return pageText(parts, report, options)
}

/** Parts of a page, an empty line between them. */
export function pageText(parts: readonly ((page: Page) => string[])[], report: Report, options: FormatOptions): string {
  const width = Math.max(60, Math.min(options.width, 160))
  const page: Page = { ...options, width, report, ink: picocolors.createColors(options.colour) }
  return parts
    .map(part => part(page))
    .filter(lines => lines.length > 0)
    .map(lines => `${lines.join('\n')}\n`)
    .join('\n')
}

const parts = [sizesPart, actionsPart, remarksPart, layersPart, keptPart, gpuCodePart, noticesPart, budgetsPart]
