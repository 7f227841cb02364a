import type { FormatOptions } from '../report/format.ts'
import { budgetsPart } from '../report/table/budgets.ts'
import { noticesPart } from '../report/table/notices.ts'
import { pageText } from '../report/table/page.ts'
import type { Trend } from './schema.ts'
import { causesPart } from './table/causes.ts'
import { imagesPart } from './table/images.ts'

/** The trend for a person: what each image weighs, then where that went, over all of them. */
export default function table(trend: Trend, options: FormatOptions): string {
  return pageText(parts, trend, options)
}

const parts = [imagesPart, causesPart, noticesPart, budgetsPart]
