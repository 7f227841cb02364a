import type { Judged } from '../../report/format.ts'
import { countText, exactText, sizeText } from '../../report/size-text.ts'
import { type Finding, isRemark } from '../../report/table/action.ts'
import { actionList } from '../../report/table/actions.ts'
import { grid, remaining } from '../../report/table/grid.ts'
import { oneLine } from '../../report/table/line.ts'
import { heading, type Page, rowsShown } from '../../report/table/page.ts'
import { remarksPart } from '../../report/table/remarks.ts'
import { wrapSentence } from '../../report/table/wrap.ts'
import { judgedOf } from '../judged.ts'
import type { Comparison } from '../schema.ts'

/** Waste that before had not, as in a report: what to change, and what that saves. */
export function newFindingsPart(page: Page<Comparison>): string[] {
  const lines = actionList({ ...page, report: told(page) })
  if (lines.length === 0) return []
  return [heading(page, 'NEW FINDINGS', 'what a change would save, and how; --all says why'), '', ...lines]
}

/** New findings that weigh nothing. */
export function newRemarksPart(page: Page<Comparison>): string[] {
  return remarksPart({ ...page, report: told(page) }, 'NEW, OF NO BYTES')
}

/** What is new; why it is found fills pages, which the report of after has anyway. */
function told({ report, all }: Page<Comparison>): Judged {
  const judged = judgedOf(report)
  return all ? judged : { ...judged, findings: judged.findings.map(finding => ({ ...finding, because: [] })) }
}

/** What before had and after has not. */
export function settledPart(page: Page<Comparison>): string[] {
  const { settled } = page.report.findings
  if (settled.length === 0) return []
  const shown = settled.slice(0, rowsShown(page, settled.length))
  const rest = settled.slice(shown.length)
  const room = remaining(page.width, [8])
  const cells = (bytes: number, what: string) => [bytes === 0 ? '' : sizeText(bytes), what]
  return [
    heading(page, 'SETTLED', `${exactText(saved(settled))} bytes of waste that after no longer has`),
    '',
    ...grid(
      [{ width: 8, align: 'right' }, { width: room }],
      [
        ...shown.map(finding => cells(finding.saves, said(page, finding, room))),
        ...(rest.length === 0 ? [] : [cells(saved(rest), page.ink.dim(countText(rest.length, 'other')))]),
      ],
    ),
  ]
}

function said({ ink, all }: Page<Comparison>, finding: Finding, room: number): string {
  const { rule, title, message } = finding
  const text = isRemark(finding) ? `${message} [${rule}]` : `${title}: ${message} [${rule}]`
  return wrapSentence(oneLine(text), room, all)
    .map(line => ink.green(line))
    .join('\n')
}

function saved(findings: readonly Finding[]): number {
  return findings.reduce((sum, { saves }) => sum + saves, 0)
}
