import { cellCode } from '../../report/markdown/code.ts'
import type { Extent } from '../../report/markdown/fitted.ts'
import { grid } from '../../report/markdown/grid.ts'
import { countText, signedText, sizeText } from '../../report/size-text.ts'
import { rowsShown } from '../../report/table/page.ts'
import { filesOf, growth, largest } from '../largest.ts'
import type { Trend } from '../schema.ts'
import { sparkline, sparklineText } from '../sparkline.ts'

/** Bars that do not push the names out of a comment's width. */
const most = 30

/** Every byte of every image by its cause. Columns sum to the last row. */
export function causes(trend: Trend, { rows }: Extent): string[] {
  const { shown, others } = largest(trend, rowsShown({ all: false, top: rows }, trend.causes.length))
  const bars = Math.min(trend.images.length, most)
  const row = (name: string, kind: string, bytes: readonly number[]) => [
    name,
    kind,
    sparkline(bytes.slice(-bars)),
    sizeText(bytes[0] ?? 0),
    sizeText(bytes.at(-1) ?? 0),
    signedText(growth(bytes)),
  ]
  return [
    ...grid(
      [
        { name: 'cause' },
        { name: '' },
        { name: 'trend' },
        { name: 'first', align: 'right' },
        { name: 'last', align: 'right' },
        { name: 'change', align: 'right' },
      ],
      [
        ...shown.map(({ cause, kind, bytes }) => row(cellCode(cause), kind, bytes)),
        ...(others.count === 0 ? [] : [row(countText(others.count, 'other'), '', others.bytes)]),
        row('**all files**', '', filesOf(trend)),
      ],
    ),
    '',
    `${capital(sparklineText(trend.images.length, bars))}.`,
  ]
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
