import type { Judged } from '../report/format.ts'
import type { Comparison } from './schema.ts'

/** What is new in a comparison, as formats have it that list problems one by one: findings of `after` that `before` had not,
 *  and the layers of `after`, by position. */
export function judgedOf({ tool, after, findings, layers, budgets, notices }: Comparison): Judged {
  const standing = layers.flatMap(({ after: index, createdBy, dockerfile }) =>
    index === null ? [] : [{ index, createdBy, dockerfile }],
  )
  return {
    tool,
    image: after.image,
    findings: findings.new,
    budgets,
    notices,
    layers: standing.sort((a, b) => a.index - b.index),
  }
}
