import { sum } from '../../bytes/sum.ts'
import type { Report } from '../schema.ts'
import { countText, sizeText } from '../size-text.ts'
import { actionsOf } from '../table/action.ts'
import { cellCode } from './code.ts'
import { details } from './details.ts'
import type { Extent } from './fitted.ts'
import { grid } from './grid.ts'
import { split } from './rows.ts'

type Layer = Report['layers'][number]

/** Each layer that has anything with its instruction, and what a change of that instruction saves; the largest of many. */
export function layers(report: Report, extent: Extent): string[] {
  const saves = new Map<number | null, number>()
  for (const { fix, saves: saved } of actionsOf(report).flatMap(({ findings }) => findings)) {
    saves.set(fix.layer, (saves.get(fix.layer) ?? 0) + saved)
  }
  const savesOf = ({ index }: Layer) => saves.get(index) ?? 0
  const weight = (layer: Layer) => Math.max(layer.size.files, savesOf(layer))
  const filled = report.layers.filter(layer => weight(layer) > 0)
  const [largest] = split(
    filled.sort((a, b) => weight(b) - weight(a) || a.index - b.index),
    {
      ...extent,
      rows: extent.rows * 2,
    },
  )
  const shown = new Set(largest)
  const rest = report.layers.filter(layer => !shown.has(layer))
  const total = (of: (layer: Layer) => number) => sizeOrBlank(sum(rest.map(of)))
  const unplaced = saves.get(null) ?? 0
  const rows = [
    ...report.layers.filter(layer => shown.has(layer)).map(layer => row(layer, savesOf(layer))),
    ...(rest.length === 0
      ? []
      : [
          [
            '',
            total(({ size }) => size.files),
            total(({ size }) => size.hidden),
            total(savesOf),
            `${countText(rest.length, 'other')}${rest.every(({ size }) => size.files === 0) ? ', empty' : ''}`,
          ],
        ]),
    ...(unplaced === 0 ? [] : [['', '', '', sizeText(unplaced), 'in no one instruction']]),
  ]
  return details(`Layers (${report.layers.length})`, [
    ...grid(
      [
        { name: 'layer', align: 'right' },
        { name: 'size', align: 'right' },
        { name: 'hidden', align: 'right' },
        { name: 'to save', align: 'right' },
        { name: 'instruction' },
      ],
      rows,
    ),
  ])
}

function row({ index, base, size, createdBy }: Layer, saves: number): string[] {
  return [
    base === true ? `base ${index}` : String(index),
    sizeText(size.files),
    sizeOrBlank(size.hidden),
    sizeOrBlank(saves),
    createdBy === null ? 'none recorded' : cellCode(createdBy),
  ]
}

function sizeOrBlank(bytes: number): string {
  return bytes === 0 ? '' : sizeText(bytes)
}
