import { countText, signedText, sizeText } from '../../report/size-text.ts'
import { grid, remaining } from '../../report/table/grid.ts'
import { oneLine } from '../../report/table/line.ts'
import { heading, type Page } from '../../report/table/page.ts'
import { shortPath } from '../../report/table/wrap.ts'
import { dayOf } from '../day.ts'
import { filesOf, growth } from '../largest.ts'
import { orderText } from '../order-text.ts'
import type { Trend } from '../schema.ts'
import { stepsOf } from '../steps.ts'

const widths = [8, 9, 8, 10]

/** What each image weighs, and how much that is more than the one before it. Differences sum to the last row. */
export function imagesPart(page: Page<Trend>): string[] {
  const { report, ink } = page
  const room = remaining(page.width, widths)
  const rows = stepsOf(report, page).map(({ image, count, change }) => [
    image === null ? '' : sizeText(image.size.files),
    change === null ? '' : signedText(change),
    image === null ? '' : sizeText(image.waste),
    image === null ? '' : dayOf(image.image.created),
    image === null ? ink.dim(countText(count, 'other')) : shortPath(oneLine(image.image.reference), room),
  ])
  return [
    heading(page, 'IMAGES', `${report.images.length}, ${orderText(report)}`),
    '',
    ...grid(
      [
        { name: 'size', width: 8, align: 'right' },
        { name: 'change', width: 9, align: 'right' },
        { name: 'waste', width: 8, align: 'right' },
        { name: 'made', width: 10 },
        { name: 'image', width: room },
      ],
      [...rows, ['', signedText(growth(filesOf(report))), '', '', ink.bold('from first to last')]],
    ),
  ]
}
