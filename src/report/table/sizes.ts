import { ignoredBytes } from '../budgets.ts'
import { countText, exactText, shareText, sizeText } from '../size-text.ts'
import { grid, remaining } from './grid.ts'
import { oneLine } from './line.ts'
import type { Page } from './page.ts'
import { shortPath, wrap } from './wrap.ts'

/** What the image weighs, under each of its names, and how much of that is waste. */
export function sizesPart(page: Page): string[] {
  const { report, ink, width } = page
  const { image, layers } = report
  const about = [image.platform, countText(layers.length, 'layer'), `read from ${image.source}`, image.id.slice(0, 19)]
  return [
    ...[shortPath(oneLine(image.reference), width)].map(line => ink.bold(line)),
    ...wrap(oneLine(about.join(' · ')), width).map(line => ink.dim(line)),
    '',
    ...figures(page, sizes(page)),
    '',
    ...bar(page),
    '',
    ...figures(page, savings(page)),
  ]
}

/** `~`: what it weighs is known to a block or two. */
type Figure = readonly [name: string, bytes: number, meaning: string, near?: '~']

function figures({ width, ink }: Page, rows: readonly Figure[]): string[] {
  return grid(
    [{ width: 8, align: 'right' }, { width: 15, align: 'right' }, { width: remaining(width, [8, 15]) }],
    rows.map(([name, bytes, meaning, near = '']) => [
      ink.bold(`${near}${sizeText(bytes)}`),
      near === '' ? exactText(bytes) : '',
      `${ink.bold(name.padEnd(8))}  ${ink.dim(meaning)}`,
    ]),
  )
}

function sizes({ report }: Page): Figure[] {
  const { files, unpacked, stored, hidden } = report.size
  const blobs: readonly Figure[] = stored === null ? [] : [['stored', stored, 'layers as kept, pushed and pulled']]
  return [
    ['files', files, 'what docker images shows, on overlay2'],
    ['unpacked', unpacked, 'the tars of all layers'],
    ...blobs,
    ['hidden', hidden, 'of files: later deleted or replaced'],
  ]
}

function savings({ report }: Page): Figure[] {
  const { safe, check, after, stored } = report.savings
  const pull: readonly Figure[] =
    stored === null ? [] : [['pull', stored.safe, `less with safe, ~${sizeText(stored.check)} more with check`, '~']]
  return [
    ['waste', safe + check, `${shareText(safe + check, report.size.files)} of files${ignoredText(report)}`],
    ['safe', safe, '░ nothing that runs can miss it'],
    ['check', check, '▒ waste unless somebody needs it'],
    ['after', after, 'files without what is safe to take'],
    ...pull,
  ]
}

function ignoredText({ findings }: Page['report']): string {
  const bytes = ignoredBytes(findings)
  return bytes === 0 ? '' : `, ${sizeText(bytes)} of it ignored`
}

/** The image as one line: what stays, what to check, what is safe to take. */
function bar({ report, width, ink }: Page): string[] {
  const { files } = report.size
  const columns = Math.min(width, 80) - 4
  const part = (bytes: number) => (bytes === 0 ? 0 : Math.max(1, Math.round((bytes / files) * columns)))
  const safe = Math.min(part(report.savings.safe), columns)
  const check = Math.min(part(report.savings.check), columns - safe)
  return [`  ${'█'.repeat(columns - safe - check)}${ink.yellow('▒'.repeat(check))}${ink.green('░'.repeat(safe))}`]
}
