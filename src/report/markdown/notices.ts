import { sum } from '../../bytes/sum.ts'
import { grouped } from '../../rule/grouped.ts'
import type { Judged } from '../format.ts'
import { countText } from '../size-text.ts'
import { each } from '../table/notices.ts'
import { code } from './code.ts'
import type { Extent } from './fitted.ts'
import { prose } from './prose.ts'
import { split } from './rows.ts'

type Notice = Judged['notices'][number]

/** What a reader should know of how the image was read, a few of each kind. */
export function notices(all: readonly Notice[], extent: Extent): string[] {
  const [kinds, others] = split([...grouped(all, notice => notice.code)], extent)
  const left = sum(others.map(([, notices]) => notices.length))
  return [
    ...kinds.flatMap(([kind, notices]) => {
      const [shown, rest] = split(notices, { ...extent, rows: Math.min(each, extent.rows) })
      return [
        ...shown.map(({ message }) => `- ${prose(message, code, extent.length)}`),
        ...(rest.length === 0 ? [] : [`- and ${countText(rest.length, 'more notice')} like this (${code(kind)})`]),
      ]
    }),
    ...(left === 0 ? [] : [`- and ${countText(left, 'more notice')} of other kinds`]),
  ]
}
