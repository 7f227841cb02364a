import { sum } from '../../bytes/sum.ts'
import { countText, exactText, shareText, sizeText } from '../size-text.ts'
import { isRemark } from './action.ts'
import { grid, remaining } from './grid.ts'
import { oneLine } from './line.ts'
import { heading, type Page, rowsShown } from './page.ts'
import { shortPath, wrap, wrapSentence } from './wrap.ts'

const widths = [8, 6]

/** What is no waste: by the package that owns it, else by the folder where it lies. Rows sum to all that is kept. */
export function keptPart(page: Page): string[] {
  const { report, ink } = page
  const causes = report.causes.filter(cause => cause.kind === 'kept')
  const total = sum(causes.map(cause => cause.bytes))
  if (causes.length === 0) return []
  const shown = causes.slice(0, rowsShown(page, causes.length))
  const others = causes.slice(shown.length)
  const rest = sum(others.map(cause => cause.bytes))
  const width = remaining(page.width, widths)
  return [
    heading(page, 'WHAT IS KEPT', `${exactText(total)} bytes, by package, else by folder`),
    '',
    ...grid(
      [{ width: 8, align: 'right' }, { width: 6, align: 'right' }, { width }],
      [
        ...shown.map(({ cause, bytes }) => [
          sizeText(bytes),
          ink.dim(shareText(bytes, report.size.files)),
          `${shortPath(oneLine(cause), width)}${ink.dim(version(page, cause))}`,
        ]),
        ...(others.length === 0
          ? []
          : [
              [sizeText(rest), ink.dim(shareText(rest, report.size.files)), ink.dim(countText(others.length, 'other'))],
            ]),
      ],
    ),
    ...reasons(page),
  ]
}

/** The version of a package that is installed once. */
function version({ report }: Page, cause: string): string {
  const installed = report.packages.filter(({ manager, name }) => `${manager}:${name}` === cause)
  const [only] = installed
  return installed.length === 1 && only !== undefined && only.version !== '' ? ` ${oneLine(only.version)}` : ''
}

/** Findings that were looked at and left alone. */
function reasons(page: Page): string[] {
  const findings = page.report.findings.filter(finding => finding.verdict === 'keep' && !isRemark(finding))
  if (findings.length === 0) return []
  const width = remaining(page.width, widths)
  const largest = findings.sort((a, b) => b.bytes - a.bytes)
  const shown = largest.slice(0, rowsShown(page, findings.length))
  return [
    '',
    heading(page, 'LOOKED AT, AND KEPT'),
    '',
    ...grid(
      [{ width: 8, align: 'right' }, { width: 6 }, { width }],
      shown.map(({ bytes, message, because, rule }) => [
        sizeText(bytes),
        page.ink.dim('keep'),
        [
          ...wrapSentence(oneLine(message), width, page.all),
          ...wrap(oneLine(`${because.join('; ')} [${rule}]`), width).map(line => page.ink.dim(line)),
        ].join('\n'),
      ]),
    ),
    ...(shown.length === findings.length
      ? []
      : [page.ink.dim(`  ${exactText(findings.length - shown.length)} more: --all shows them`)]),
  ]
}
