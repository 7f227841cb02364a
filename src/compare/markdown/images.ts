import { audited } from '../../report/markdown/audited.ts'
import { code } from '../../report/markdown/code.ts'
import { details } from '../../report/markdown/details.ts'
import type { Comparison } from '../schema.ts'

/** Which two images were compared. */
export function images({ before, after }: Comparison): string[] {
  return details('Images', [
    `- before: ${code(before.image.reference)} · ${audited(before.image)}`,
    `- after: ${code(after.image.reference)} · ${audited(after.image)}`,
  ])
}
