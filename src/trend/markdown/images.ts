import { cellCode } from '../../report/markdown/code.ts'
import type { Extent } from '../../report/markdown/fitted.ts'
import { grid } from '../../report/markdown/grid.ts'
import { countText, signedText, sizeText } from '../../report/size-text.ts'
import { dayOf } from '../day.ts'
import { filesOf, growth } from '../largest.ts'
import type { Trend } from '../schema.ts'
import { stepsOf } from '../steps.ts'

/** What each image weighs, and how much that is more than the one before it. Differences sum to the last row. */
export function images(trend: Trend, { rows }: Extent): string[] {
  const steps = stepsOf(trend, { top: rows, all: false })
  return grid(
    [
      { name: 'image' },
      { name: 'made' },
      { name: 'size', align: 'right' },
      { name: 'change', align: 'right' },
      { name: 'waste', align: 'right' },
    ],
    [
      ...steps.map(({ image, count, change }) => [
        image === null ? countText(count, 'other') : cellCode(image.image.reference),
        image === null ? '' : dayOf(image.image.created),
        image === null ? '' : sizeText(image.size.files),
        change === null ? '' : signedText(change),
        image === null ? '' : sizeText(image.waste),
      ]),
      ['**from first to last**', '', '', `**${signedText(growth(filesOf(trend)))}**`, ''],
    ],
  )
}
