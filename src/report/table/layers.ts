import { countText, sizeText } from '../size-text.ts'
import { actionsOf } from './action.ts'
import { grid, remaining } from './grid.ts'
import { oneLine } from './line.ts'
import { heading, type Page } from './page.ts'

const widths = [7, 8, 8, 8]

/** Each layer with its instruction, and what a change of that instruction saves. Columns sum to the image. */
export function layersPart(page: Page): string[] {
  const { report, ink } = page
  const saves = new Map<number | null, number>()
  for (const { fix, saves: saved } of actionsOf(report).flatMap(action => action.findings)) {
    saves.set(fix.layer, (saves.get(fix.layer) ?? 0) + saved)
  }
  const shown = layersShown(page, saves)
  const rows = report.layers
    .filter(layer => shown.has(layer.index))
    .map(({ index, base, size, createdBy }) => [
      base === true ? `base ${index}` : String(index),
      sizeText(size.files),
      orBlank(size.hidden),
      orBlank(saves.get(index) ?? 0),
      createdBy === null ? ink.dim('(no instruction recorded)') : oneLine(createdBy),
    ])
  return [
    heading(page, 'LAYERS', 'to save: what a change of the instruction saves, in all layers'),
    '',
    ...grid(
      [
        { name: 'layer', width: 7, align: 'right' },
        { name: 'size', width: 8, align: 'right' },
        { name: 'hidden', width: 8, align: 'right' },
        { name: 'to save', width: 8, align: 'right' },
        { name: 'instruction', width: remaining(page.width, widths) },
      ],
      [...rows, ...others(page, saves, shown), ...unplaced(saves)],
    ),
  ]
}

type Saves = ReadonlyMap<number | null, number>

/** Positions of the layers that get a row: without `--all` none that is empty, and the largest of many. */
function layersShown({ report, all, top }: Page, saves: Saves): ReadonlySet<number> {
  if (all) return new Set(report.layers.map(layer => layer.index))
  const weight = (layer: Page['report']['layers'][number]) => Math.max(layer.size.files, saves.get(layer.index) ?? 0)
  const largest = report.layers
    .filter(layer => weight(layer) > 0)
    .sort((a, b) => weight(b) - weight(a) || a.index - b.index)
    .slice(0, top * 2)
  return new Set(largest.map(layer => layer.index))
}

function others({ report, ink }: Page, saves: Saves, shown: ReadonlySet<number>): string[][] {
  const left = report.layers.filter(layer => !shown.has(layer.index))
  if (left.length === 0) return []
  const sum = (of: (layer: (typeof left)[number]) => number) => left.reduce((total, layer) => total + of(layer), 0)
  return [
    [
      '',
      sizeText(sum(layer => layer.size.files)),
      orBlank(sum(layer => layer.size.hidden)),
      orBlank(sum(layer => saves.get(layer.index) ?? 0)),
      ink.dim(`${countText(left.length, 'other')}${left.every(layer => layer.size.files === 0) ? ', empty' : ''}`),
    ],
  ]
}

function unplaced(saves: Saves): string[][] {
  const bytes = saves.get(null) ?? 0
  return bytes === 0 ? [] : [['', '', '', sizeText(bytes), 'in no one instruction']]
}

function orBlank(bytes: number): string {
  return bytes === 0 ? '' : sizeText(bytes)
}
