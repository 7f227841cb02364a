import { bytesText, countText, signedText, sizeText } from '../../report/size-text.ts'
import { oneLine } from '../../report/table/line.ts'
import { heading, type Page, rowsShown } from '../../report/table/page.ts'
import { shortPath } from '../../report/table/wrap.ts'
import type { Comparison } from '../schema.ts'
import { fittedGrid } from './fitted-grid.ts'

type Row = Pick<Comparison['causes'][number], 'before' | 'after' | 'difference'>

/** The difference by cause, the most that changed first. Columns sum to the last row: all files of before, and of after. */
export function causesPart(page: Page<Comparison>): string[] {
  const { causes, before, after, difference } = page.report
  const changed = causes.filter(row => row.difference !== 0)
  if (changed.length === 0 && !page.all) {
    return [heading(page, 'WHY IT CHANGED'), '', '  no cause weighs more or less than before']
  }
  const listed = page.all ? causes : changed
  const shown = listed.slice(0, rowsShown(page, listed.length))
  const cells = (row: Row, name: string) => [
    sizeText(row.before),
    sizeText(row.after),
    signedText(row.difference),
    name,
  ]
  const summed = (rows: readonly Row[], what: readonly [one: string, several: string]) =>
    rows.length === 0 ? [] : [cells(total(rows), page.ink.dim(countText(rows.length, ...what)))]
  return [
    heading(page, 'WHY IT CHANGED', `${signedText(difference.files, bytesText)} of files, by cause`),
    '',
    ...fittedGrid(
      page.width,
      [
        { name: 'before', width: 8, align: 'right', spare: 1 },
        { name: 'after', width: 8, align: 'right' },
        { name: 'change', width: 9, align: 'right' },
      ],
      'cause',
      room => [
        ...shown.map(row => {
          const name = shortPath(oneLine(row.cause), room)
          return cells(row, row.kind === 'waste' ? page.ink.yellow(name) : name)
        }),
        ...summed(changed.slice(page.all ? changed.length : shown.length), ['other', 'others']),
        ...summed(page.all ? [] : causes.filter(row => row.difference === 0), ['as before', 'as before']),
        cells(
          { before: before.size.files, after: after.size.files, difference: difference.files },
          page.ink.bold('all files'),
        ),
      ],
    ),
  ]
}

function total(rows: readonly Row[]): Row {
  const sum = (of: (row: Row) => number) => rows.reduce((all, row) => all + of(row), 0)
  return { before: sum(row => row.before), after: sum(row => row.after), difference: sum(row => row.difference) }
}
