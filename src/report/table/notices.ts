import { grouped } from '../../rule/grouped.ts'
import type { Report } from '../schema.ts'
import { countText } from '../size-text.ts'
import { oneLine } from './line.ts'
import { heading, type Page } from './page.ts'
import { wrap } from './wrap.ts'

/** Of one code a thousand entries can speak: these many are printed. */
export const each = 2

/** What a reader should know of how the image was read, a few of each kind. */
export function noticesPart(page: Page<Pick<Report, 'notices'>>): string[] {
  const { ink, report, all } = page
  const byCode = grouped(report.notices, ({ code }) => code)
  if (byCode.size === 0) return []
  const lines = [...byCode].flatMap(([code, notices]) => {
    const shown = all || notices.length <= each + 1 ? notices : notices.slice(0, each)
    const left = notices.length - shown.length
    return [
      ...shown.flatMap(({ message }) => wrap(oneLine(message), page.width - 2)),
      ...(left === 0 ? [] : [ink.dim(`and ${countText(left, 'more notice')} like this (${oneLine(code)})`)]),
    ]
  })
  return [heading(page, 'NOTICES'), '', ...lines.map(line => `  ${line}`)]
}
