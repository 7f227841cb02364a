import { budgetLine } from '../budget-text.ts'
import type { Report } from '../schema.ts'
import { heading, type Page } from './page.ts'
import { wrap } from './wrap.ts'

/** The limits that the user set, and how the image stands to them. */
export function budgetsPart(page: Page<Pick<Report, 'budgets'>>): string[] {
  const { report, ink, width } = page
  if (report.budgets.length === 0) return []
  const lines = report.budgets.flatMap(budget => {
    const [mark, colour] = budget.ok ? ['ok  ', ink.green] : ['OVER', ink.red]
    return wrap(budgetLine(budget), width - 8).map((line, at) => `  ${colour(`${at === 0 ? mark : '    '}  ${line}`)}`)
  })
  return [heading(page, 'BUDGETS'), '', ...lines]
}
