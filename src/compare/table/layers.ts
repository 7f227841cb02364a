import { bytesText, countText, signedText, sizeText } from '../../report/size-text.ts'
import { oneLine } from '../../report/table/line.ts'
import { heading, type Page } from '../../report/table/page.ts'
import type { Comparison } from '../schema.ts'
import { fittedGrid } from './fitted-grid.ts'

type Row = Comparison['layers'][number]

/** The layers that both have as one line, then each other one with its instruction. Differences sum to that of all files. */
export function layersPart(page: Page<Comparison>): string[] {
  const { report, ink } = page
  const { layers, difference } = report
  const kept = layers.filter(({ change }) => change === 'kept')
  if (kept.length === layers.length) return []
  const others = layers.filter(({ change }) => change !== 'kept')
  const shown = new Set(page.all ? layers : largest(others, page.top * 2))
  const left = others.filter(row => !shown.has(row))
  const cells = (rows: readonly Row[], what: string) =>
    rows.length === 0 ? [] : [['', '', sizeText(total(rows, row => row.size.files)), signedText(change(rows)), what]]
  return [
    heading(page, 'LAYERS', `${signedText(difference.files, bytesText)} of files`),
    '',
    ...fittedGrid(
      page.width,
      [
        { name: '', width: 7 },
        { name: 'layer', width: 7, align: 'right', spare: 1 },
        { name: 'size', width: 8, align: 'right', spare: 2 },
        { name: 'change', width: 9, align: 'right' },
      ],
      'instruction',
      () => [
        ...cells(page.all ? [] : kept, ink.dim(`${countText(kept.length, 'layer')} kept`)),
        ...layers.filter(row => shown.has(row)).map(row => layerCells(page, row)),
        ...cells(left, ink.dim(`${countText(left.length, 'other')}${isEmpty(left) ? ', empty' : ''}`)),
        ['', '', '', signedText(difference.files), ink.bold('all files')],
      ],
    ),
  ]
}

function layerCells({ ink }: Page<Comparison>, { change, before, after, size, difference, createdBy }: Row): string[] {
  const colour = { new: ink.green, gone: ink.red, changed: ink.yellow, moved: ink.yellow, kept: ink.dim }[change]
  return [
    colour(change),
    before === after || before === null || after === null ? String(after ?? before) : `${before} → ${after}`,
    sizeText(size.files),
    signedText(difference),
    createdBy === null ? ink.dim('(no instruction recorded)') : oneLine(createdBy),
  ]
}

/** Empty ones of a change are no news. */
function largest(rows: readonly Row[], count: number): Row[] {
  const weight = ({ size, difference }: Row) => Math.max(size.files, Math.abs(difference))
  return rows
    .filter(row => weight(row) > 0)
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, count)
}

function isEmpty(rows: readonly Row[]): boolean {
  return rows.every(({ size }) => size.files === 0)
}

function change(rows: readonly Row[]): number {
  return total(rows, row => row.difference)
}

function total(rows: readonly Row[], of: (row: Row) => number): number {
  return rows.reduce((sum, row) => sum + of(row), 0)
}
