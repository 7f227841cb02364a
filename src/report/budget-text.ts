import type { Report } from './schema.ts'
import { sizeText } from './size-text.ts'

/** `waste is 1.71 GB, the limit is 500 MB: 1.21 GB too much`. */
export function budgetLine({ budget, limit, value, ok }: Report['budgets'][number]): string {
  const stand = `${budget} is ${sizeText(value)}, the limit is ${sizeText(limit)}`
  return ok ? stand : `${stand}: ${sizeText(value - limit)} too much`
}
