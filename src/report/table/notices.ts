import type { Report } from '../schema.ts'
import { countText } from '../size-text.ts'
import { oneLine } from './line.ts'
import { heading, type Page } from './page.ts'
import { wrap } from './wrap.ts'

/** Of one code a thousand entries can speak: these many are printed. */
const each = 2

/** What a reader should know of how the image was read, a few of each kind. */
export function noticesPart(page: Page<Pick<Report, 'notices'>>): string[] {
  const { ink, report, all } = page
  const byCode = new Map<string, string[]>()
  for (const { code, message } of report.notices) byCode.set(code, [...(byCode.get(code) ?? []), message])
  if (byCode.size === 0) return []
  const lines = [...byCode].flatMap(([code, messages]) => {
    const shown = all || messages.length <= each + 1 ? messages : messages.slice(0, each)
    const left = messages.length - shown.length
    return [
      ...shown.flatMap(message => wrap(oneLine(message), page.width - 2)),
      ...(left === 0 ? [] : [ink.dim(`and ${countText(left, 'more notice')} like this (${oneLine(code)})`)]),
    ]
  })
  return [heading(page, 'NOTICES'), '', ...lines.map(line => `  ${line}`)]
}
