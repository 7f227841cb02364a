import gitlab from '../report/gitlab.ts'
import { judgedOf } from './judged.ts'
import type { Comparison } from './schema.ts'

/** What is new in a comparison as a Code Quality report of GitLab. */
export default function gitlabOfNew(comparison: Comparison): string {
  return gitlab(judgedOf(comparison))
}
