import { bytesText, countText, signedText, sizeText } from '../../report/size-text.ts'
import { grid, remaining } from '../../report/table/grid.ts'
import { oneLine } from '../../report/table/line.ts'
import { heading, type Page, rowsShown } from '../../report/table/page.ts'
import { shortPath, wrap } from '../../report/table/wrap.ts'
import { filesOf, growth, largest } from '../largest.ts'
import type { Trend } from '../schema.ts'
import { sparkline, sparklineText } from '../sparkline.ts'

/** What all columns but the bars take, with 28 for a name: as long as `pip:nvidia-cuda-nvrtc-cu13`. */
const columnsLeft = 63
/** Bars that a narrow page has, whatever is left of a name. */
const fewest = 5

/** Every byte of every image by its cause. Columns sum to the last row: all files of the first image, and of the last. */
export function causesPart(page: Page<Trend>): string[] {
  const { report, ink } = page
  const bars = Math.min(report.images.length, Math.max(fewest, page.width - columnsLeft))
  const widths = [8, 8, 9, Math.max(bars, fewest)] as const
  const room = remaining(page.width, widths)
  const { shown, others } = largest(report, rowsShown(page, report.causes.length))
  const all = filesOf(report)
  const row = (bytes: readonly number[], name: string) => [
    sizeText(bytes[0] ?? 0),
    sizeText(bytes.at(-1) ?? 0),
    signedText(growth(bytes)),
    sparkline(bytes.slice(-bars)),
    name,
  ]
  return [
    heading(page, 'SIZE BY CAUSE', `${signedText(growth(all), bytesText)} from first to last`),
    ...wrap(sparklineText(report.images.length, bars), page.width - 2).map(line => `  ${ink.dim(line)}`),
    '',
    ...grid(
      [
        { name: 'first', width: widths[0], align: 'right' },
        { name: 'last', width: widths[1], align: 'right' },
        { name: 'change', width: widths[2], align: 'right' },
        { name: 'trend', width: widths[3] },
        { name: 'cause', width: room },
      ],
      [
        ...shown.map(({ bytes, cause, kind }) => {
          const name = shortPath(oneLine(cause), room)
          return row(bytes, kind === 'waste' ? ink.yellow(name) : name)
        }),
        ...(others.count === 0 ? [] : [row(others.bytes, ink.dim(countText(others.count, 'other')))]),
        row(all, ink.bold('all files')),
      ],
    ),
  ]
}
