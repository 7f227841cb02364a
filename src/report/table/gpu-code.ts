import { countText, exactText, sizeText } from '../size-text.ts'
import { grid, remaining } from './grid.ts'
import { oneLine } from './line.ts'
import { heading, type Page, rowsShown } from './page.ts'

const widths = [8, 8, 6, 16]

type Row = Page['report']['gpuCode'][number]

/** GPU code by architecture: how much there is of it, and what of it the named GPUs cannot load. Rows sum to all of it. */
export function gpuCodePart(page: Page): string[] {
  const { report, ink } = page
  const rows = report.gpuCode
  if (rows.length === 0) return []
  const shown = rows.slice(0, rowsShown(page, rows.length))
  const rest = rows.slice(shown.length)
  const named = rows.some(({ gpus }) => gpus !== null)
  return [
    heading(page, 'GPU CODE', `${exactText(sum(rows, ({ bytes }) => bytes))} bytes in libraries, by architecture`),
    '',
    ...grid(
      [
        { name: 'bytes', width: 8, align: 'right' },
        { name: named ? 'unused' : '', width: 8, align: 'right' },
        { name: 'files', width: 6, align: 'right' },
        { name: 'for', width: 16 },
        { name: named ? 'fits' : 'what it is', width: remaining(page.width, widths) },
      ],
      [
        ...shown.map(row => [
          sizeText(row.bytes),
          row.unused ? sizeText(row.unused) : '',
          exactText(row.count),
          oneLine(row.arch) || ink.dim('headers'),
          oneLine(row.gpus === null ? meaning[row.kind] : row.gpus.join(', ')),
        ]),
        ...(rest.length === 0
          ? []
          : [
              [
                sizeText(sum(rest, ({ bytes }) => bytes)),
                named ? sizeText(sum(rest, ({ unused }) => unused ?? 0)) : '',
                '',
                ink.dim(countText(rest.length, 'other')),
                '',
              ],
            ]),
      ],
    ),
    ...(named ? [] : ['', ink.dim('  --gpu H100,L4 says what of it these GPUs cannot load')]),
  ]
}

const meaning: Readonly<Record<Row['kind'], string>> = {
  machine: 'machine code',
  ptx: 'PTX, compiled when it is loaded, for this and all that came later',
  lto: 'linked when it is loaded',
  other: 'of an unknown kind',
  overhead: 'and padding',
}

function sum(rows: readonly Row[], of: (row: Row) => number): number {
  return rows.reduce((total, row) => total + of(row), 0)
}
