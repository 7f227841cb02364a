import { sum } from '../../bytes/sum.ts'
import type { Report } from '../schema.ts'
import { countText, shareText, sizeText } from '../size-text.ts'
import { cellCode } from './code.ts'
import type { Extent } from './fitted.ts'
import { grid } from './grid.ts'
import { split } from './rows.ts'

/** What the image is made of: what is waste by its rule, what is kept by its package, else by its folder. Rows add up to it. */
export function causes({ causes: all, size }: Report, extent: Extent): string[] {
  const [shown, rest] = split(all, extent)
  const restBytes = sum(rest.map(({ bytes }) => bytes))
  return grid(
    [{ name: 'bytes', align: 'right' }, { name: 'share', align: 'right' }, { name: 'cause' }, { name: '' }],
    [
      ...shown.map(({ cause, kind, bytes }) => [sizeText(bytes), shareText(bytes, size.files), cellCode(cause), kind]),
      ...(rest.length === 0
        ? []
        : [[sizeText(restBytes), shareText(restBytes, size.files), countText(rest.length, 'other'), '']]),
      [`**${sizeText(size.files)}**`, '', '**all of it**', ''],
    ],
  )
}
