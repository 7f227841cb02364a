import { sum } from '../../bytes/sum.ts'
import { cellCode } from '../../report/markdown/code.ts'
import { details } from '../../report/markdown/details.ts'
import type { Extent } from '../../report/markdown/fitted.ts'
import { grid } from '../../report/markdown/grid.ts'
import { split } from '../../report/markdown/rows.ts'
import { countText, signedText, sizeText } from '../../report/size-text.ts'
import type { Comparison } from '../schema.ts'

type Layer = Comparison['layers'][number]

/** What became of each layer. Rows add up to the difference of files. */
export function layers({ layers: all, invalidated, difference }: Comparison, extent: Extent): string[] {
  const changed = all.filter(({ change }) => change !== 'kept')
  const largest = changed.toSorted(
    (a, b) => Math.abs(b.difference) - Math.abs(a.difference) || b.size.files - a.size.files,
  )
  const [most] = split(largest, { ...extent, rows: extent.rows * 2 })
  const shown = new Set(most)
  const rest = all.filter(layer => !shown.has(layer))
  const kept = rest.every(({ change }) => change === 'kept') ? ', kept' : ''
  const right = { align: 'right' } as const
  if (changed.length === 0) return []
  return details(`Layers (${changed.length} of ${all.length} differ)`, [
    ...grid(
      [
        { name: 'layer', ...right },
        { name: '' },
        { name: 'size', ...right },
        { name: 'difference', ...right },
        { name: 'instruction' },
      ],
      [
        ...all.filter(layer => shown.has(layer)).map(layer => row(layer, invalidated?.layers ?? [])),
        ...(rest.length === 0
          ? []
          : [
              [
                '',
                '',
                '',
                signedText(sum(rest.map(layer => layer.difference))),
                `${countText(rest.length, 'other')}${kept}`,
              ],
            ]),
        ['', '', '', `**${signedText(difference.files)}**`, '**all of it**'],
      ],
    ),
  ])
}

function row(
  { change, before, after, base, size, difference, createdBy }: Layer,
  invalidated: readonly number[],
): string[] {
  const anew = after !== null && invalidated.includes(after)
  return [
    `${base === true ? 'base ' : ''}${after ?? before}`,
    `${change}${anew ? ', by a layer below' : ''}`,
    sizeText(size.files),
    signedText(difference),
    createdBy === null ? 'none recorded' : cellCode(createdBy),
  ]
}
