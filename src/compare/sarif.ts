import { sarifText } from '../report/sarif.ts'
import { judgedOf } from './judged.ts'
import type { Comparison } from './schema.ts'

/** What is new in a comparison as SARIF. */
export default function sarif(comparison: Comparison): string {
  return sarifText(judgedOf(comparison), 'new')
}
