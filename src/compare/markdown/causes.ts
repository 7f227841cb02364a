import { sum } from '../../bytes/sum.ts'
import { cellCode } from '../../report/markdown/code.ts'
import type { Extent } from '../../report/markdown/fitted.ts'
import { grid } from '../../report/markdown/grid.ts'
import { split } from '../../report/markdown/rows.ts'
import { countText, signedText, sizeText } from '../../report/size-text.ts'
import type { Comparison } from '../schema.ts'

/** What made the difference, by cause. Rows add up to the difference of files. */
export function causes({ causes: all, difference }: Comparison, extent: Extent): string[] {
  const changed = all.filter(row => row.difference !== 0)
  const [shown, rest] = split(changed, extent)
  if (changed.length === 0) return []
  const right = { align: 'right' } as const
  return grid(
    [
      { name: 'difference', ...right },
      { name: 'cause' },
      { name: '' },
      { name: 'before', ...right },
      { name: 'after', ...right },
    ],
    [
      ...shown.map(({ cause, kind, before, after, difference }) => [
        signedText(difference),
        cellCode(cause),
        kind,
        sizeText(before),
        sizeText(after),
      ]),
      ...(rest.length === 0
        ? []
        : [[signedText(sum(rest.map(row => row.difference))), countText(rest.length, 'other'), '', '', '']]),
      [`**${signedText(difference.files)}**`, '**all of it**', '', '', ''],
    ],
  )
}
