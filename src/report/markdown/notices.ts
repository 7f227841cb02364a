import { sum } from '../../bytes/sum.ts'
import type { Judged } from '../format.ts'
import { countText } from '../size-text.ts'
import { code } from './code.ts'
import type { Extent } from './fitted.ts'
import { prose } from './prose.ts'
import { split } from './rows.ts'

type Notice = Judged['notices'][number]

/** Of one code a thousand entries can speak: these many are printed. */
const each = 2

/** What a reader should know of how the image was read, a few of each kind. */
export function notices(all: readonly Notice[], extent: Extent): string[] {
  const byCode = new Map<string, Notice[]>()
  for (const notice of all) {
    const known = byCode.get(notice.code)
    if (known === undefined) byCode.set(notice.code, [notice])
    else known.push(notice)
  }
  const [kinds, others] = split([...byCode], extent)
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
