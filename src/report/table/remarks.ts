import type { Report } from '../schema.ts'
import { exactText } from '../size-text.ts'
import { type Finding, isIgnored, isRemark } from './action.ts'
import { advice } from './advice.ts'
import { oneLine } from './line.ts'
import { heading, type Page, rowsShown } from './page.ts'
import { wrap, wrapSentence } from './wrap.ts'

/** Findings that weigh nothing: secrets, the user, the health check. */
export function remarksPart(page: Page<Pick<Report, 'findings'>>, name = 'NO BYTES, BUT WORTH A LOOK'): string[] {
  // What is leaked comes before what is missing.
  const remarks = page.report.findings
    .filter(finding => isRemark(finding) && !isIgnored(finding))
    .sort((a, b) => urgency(b) - urgency(a))
  if (remarks.length === 0) return []
  const shown = remarks.slice(0, rowsShown(page, remarks.length))
  const left = remarks.length - shown.length
  return [
    heading(page, name),
    '',
    ...shown.flatMap(finding => remark(page, finding)),
    ...(left === 0 ? [] : [page.ink.dim(`    and ${exactText(left)} more: --all shows them`)]),
  ]
}

function remark({ ink, width, all }: Pick<Page, 'ink' | 'width' | 'all'>, finding: Finding): string[] {
  const { message, rule, because, fix } = finding
  const room = width - 6
  const lines = [
    ...wrapSentence(oneLine(message), room, all),
    ...advice(fix.after ?? '', room).map(line => ink.green(line)),
    ...wrap(oneLine(`${because.join('; ')} [${rule}]`), room).map(line => ink.dim(line)),
  ]
  const mark = urgency(finding) > 0 ? ink.red('!') : ink.yellow('!')
  return lines.map((line, at) => `    ${at === 0 ? mark : ' '} ${line}`)
}

function urgency({ rule }: Finding): number {
  return rule === 'secrets' ? 1 : 0
}
