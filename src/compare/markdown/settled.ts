import { sum } from '../../bytes/sum.ts'
import { code } from '../../report/markdown/code.ts'
import type { Extent } from '../../report/markdown/fitted.ts'
import { prose } from '../../report/markdown/prose.ts'
import { split } from '../../report/markdown/rows.ts'
import { countText, sizeText } from '../../report/size-text.ts'
import type { Comparison } from '../schema.ts'

/** Findings that are no more. */
export function settled({ findings }: Comparison, extent: Extent): string[] {
  const [shown, rest] = split(findings.settled, extent)
  return [
    ...shown.map(({ rule, message, saves }) => {
      return `- ${code(rule)}, ${sizeText(saves)}: ${prose(message, code, extent.length)}`
    }),
    ...(rest.length === 0
      ? []
      : [`- and ${countText(rest.length, 'more finding')}, ${sizeText(sum(rest.map(({ saves }) => saves)))}`]),
  ]
}
