import { bytesText, countText, signedText } from '../../report/size-text.ts'
import { oneLine } from '../../report/table/line.ts'
import { heading, type Page, rowsShown } from '../../report/table/page.ts'
import { shortPath } from '../../report/table/wrap.ts'
import type { Comparison } from '../schema.ts'
import { fittedGrid } from './fitted-grid.ts'

type Row = Comparison['paths'][number]

/** Where the difference lies. Rows sum to that of all files. */
export function pathsPart(page: Page<Comparison>): string[] {
  const { report, ink, width } = page
  const { paths, difference } = report
  if (paths.length === 0) return []
  const shown = paths.slice(0, rowsShown(page, paths.length))
  const rest = paths.slice(shown.length)
  const { hidden, files } = difference
  return [
    heading(page, 'PATHS', `${signedText(files, bytesText)} of files, by where they lie`),
    ...(paths.every(({ exact }) => exact) ? [] : [ink.dim('  ~ is as far as a stored report tells')]),
    '',
    ...fittedGrid(width, [{ width: 10, align: 'right' }, { width: 6 }], undefined, room => [
      ...shown.map(row => [amount(row.difference, row.exact), row.change, named(page, row, room)]),
      ...(rest.length === 0
        ? []
        : [
            [
              amount(
                rest.reduce((total, row) => total + row.difference, 0),
                rest.every(({ exact }) => exact),
              ),
              '',
              ink.dim(countText(rest.length, 'other')),
            ],
          ]),
      ...(hidden === 0 ? [] : [[signedText(hidden), '', ink.dim('hidden: deleted or replaced by a later layer')]]),
      [signedText(files), '', ink.bold('all files')],
    ]),
  ]
}

function amount(bytes: number, exact: boolean): string {
  return `${exact ? '' : '~'}${signedText(bytes)}`
}

/** The path on one line, and where it was. */
function named({ ink }: Page<Comparison>, { path, was, kind }: Row, room: number): string {
  const slash = kind === 'folder' && path !== '/' ? '/' : ''
  const name = kind === 'rest' ? rest(path, room) : shortPath(`${oneLine(path)}${slash}`, room)
  return was === null ? name : `${name}\n${ink.dim(`was ${shortPath(`${oneLine(was)}${slash}`, room - 4)}`)}`
}

function rest(path: string, room: number): string {
  const words = 'the rest of '
  return `${words}${shortPath(oneLine(path), room - words.length)}`
}
