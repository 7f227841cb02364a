import { ignoredBytes } from '../budgets.ts'
import { countText, sizeText } from '../size-text.ts'
import { grid, remaining } from './grid.ts'
import { oneLine } from './line.ts'
import { heading, type Page, rowsShown } from './page.ts'
import { wrap, wrapSentence } from './wrap.ts'

const widths = [8]

/** What somebody has judged and wants: which finding, how much of it, and for what reason. */
export function ignoredPart(page: Page): string[] {
  const { report, ink, all } = page
  const ignored = report.findings
    .flatMap(finding => (finding.ignored === null ? [] : [{ finding, ...finding.ignored }]))
    .sort((a, b) => b.saves - a.saves)
  if (ignored.length === 0) return []
  const total = ignoredBytes(report.findings)
  const shown = ignored.slice(0, rowsShown(page, ignored.length))
  const width = remaining(page.width, widths)
  const left = ignored.length - shown.length
  return [
    heading(page, 'IGNORED', total === 0 ? '' : `${sizeText(total)} that budgets leave out`),
    '',
    ...grid(
      [{ width: 8, align: 'right' }, { width }],
      shown.map(({ finding, saves, whole, reasons }) => [
        finding.saves === 0 ? '' : sizeText(saves),
        [
          ...wrapSentence(oneLine(finding.message), width, all),
          ...wrap(
            oneLine(`ignored${whole ? '' : ` in part, of ${sizeText(finding.saves)}`}: ${reasons.join('; ')}`),
            width,
          ),
          ink.dim(oneLine(finding.fix.layer === null ? finding.rule : `${finding.rule} · layer ${finding.fix.layer}`)),
        ].join('\n'),
      ]),
    ),
    ...(left === 0 ? [] : [ink.dim(`  ${countText(left, 'more finding')} ignored: --all shows them`)]),
  ]
}
