import { budgetLine } from '../budget-text.ts'
import { heading, type Page } from './page.ts'

/** The limits that the user set, and how the image stands to them. */
export function budgetsPart(page: Page): string[] {
  const { report, ink } = page
  if (report.budgets.length === 0) return []
  const lines = report.budgets.map(budget => {
    const line = budgetLine(budget)
    return `  ${budget.ok ? ink.green(`ok    ${line}`) : ink.red(`OVER  ${line}`)}`
  })
  return [heading(page, 'BUDGETS'), '', ...lines]
}
