import type { FormatOptions } from '../report/format.ts'
import { rowsShown } from '../report/table/page.ts'
import type { Trend } from './schema.ts'

/** One image of a trend, or several that a line sums up. */
export interface Step {
  /** Null where the line is about several. */
  readonly image: Trend['images'][number] | null
  readonly count: number
  /** What its files are more than those of the one before it; null of the first. */
  readonly change: number | null
}

/** The first image, which all is measured from, and the newest; those between them as one. Σ change = last less first. */
export function stepsOf({ images }: Trend, options: Pick<FormatOptions, 'top' | 'all'>): Step[] {
  const steps = images.map((image, at) => {
    const before = images[at - 1]
    return { image, count: 1, change: before === undefined ? null : image.size.files - before.size.files }
  })
  const isWhole = rowsShown(options, steps.length) === steps.length
  const left = isWhole ? [] : steps.slice(1, -Math.max(1, options.top - 1))
  if (left.length === 0) return steps
  const change = left.reduce((sum, step) => sum + (step.change ?? 0), 0)
  return [...steps.slice(0, 1), { image: null, count: left.length, change }, ...steps.slice(1 + left.length)]
}
