import junit from '../report/junit.ts'
import { judgedOf } from './judged.ts'
import type { Comparison } from './schema.ts'

/** What is new in a comparison as test cases. */
export default function junitOfNew(comparison: Comparison): string {
  return junit(judgedOf(comparison))
}
