import { oneLine } from '../../report/table/line.ts'
import { noticesPart } from '../../report/table/notices.ts'
import type { Page } from '../../report/table/page.ts'
import { wrap } from '../../report/table/wrap.ts'
import type { Comparison } from '../schema.ts'

/** What changes how all the rest is read comes first. */
const first: ReadonlySet<string> = new Set(['platform-differs', 'base-differs', 'same-image'])

/** Lines to stand at the head of the page. */
export function firstNotices({ report, ink, width }: Page<Comparison>): string[] {
  return report.notices
    .filter(({ code }) => first.has(code))
    .flatMap(({ message }) =>
      wrap(oneLine(message), width - 2).map((line, at) => `${at === 0 ? ink.yellow('!') : ' '} ${line}`),
    )
}

/** All the others. */
export function otherNoticesPart(page: Page<Comparison>): string[] {
  const notices = page.report.notices.filter(({ code }) => !first.has(code))
  return noticesPart({ ...page, report: { notices } })
}
