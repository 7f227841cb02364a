import type { Evidence } from '../evidence/evidence.ts'
import { groups } from '../rule/index.ts'
import type { Candidate } from './settle.ts'

/** What all rules find in an image, in settling order. */
export function candidatesOf(evidence: Evidence): Candidate[] {
  return groups.flatMap((rules, group) =>
    rules.flatMap(rule => [...rule.check(evidence)].map(finding => ({ rule, group, finding }))),
  )
}
