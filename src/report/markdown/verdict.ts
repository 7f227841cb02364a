import { budgetLine } from '../budget-text.ts'
import type { Judged } from '../format.ts'
import { countText } from '../size-text.ts'
import { rowsShown } from '../table/page.ts'
import { code } from './code.ts'
import type { Extent } from './fitted.ts'
import { prose } from './prose.ts'

/** Whether an image, `name` in markdown, is what it is held to, in words and with a mark, then each budget, failed ones first. */
export function verdict(name: string, budgets: Judged['budgets'], { rows, length }: Extent): string[] {
  if (budgets.length === 0) return [`### ${name}`]
  const failed = budgets.filter(budget => !budget.ok)
  const ordered = [...failed, ...budgets.filter(budget => budget.ok)]
  const shown = ordered.slice(0, rowsShown({ all: false, top: rows }, ordered.length))
  const left = ordered.length - shown.length
  return [
    failed.length === 0 ? `### ✅ Within budget: ${name}` : `### ❌ Over budget: ${name}`,
    '',
    ...shown.map(budget => `- ${budget.ok ? '✅ ok' : '❌ over'}: ${prose(budgetLine(budget), code, length)}`),
    ...(left === 0 ? [] : [`- and ${countText(left, 'more budget')}`]),
  ]
}
