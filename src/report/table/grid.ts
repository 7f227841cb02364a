import Table from 'cli-table3'

export interface Column {
  /** Shown above the column; no column with a name, no head. */
  readonly name?: string
  /** The last column gets what the page leaves. */
  readonly width: number
  readonly align?: 'left' | 'right'
}

/** Blanks before every column. */
export const gap = 2

/** Columns that the last one has when those before it have these widths. */
export function remaining(page: number, widths: readonly number[]): number {
  const taken = widths.reduce((sum, width) => sum + gap + width, 0)
  return Math.max(20, page - taken - gap)
}

/**
 * Rows in columns without frames; a line of a cell that is too long ends in `…`. cli-table3 measures a whole cell anew for
 * each of its lines, and all cells for each row: it gets single lines, and a few hundred at a time (100,000 lines take 5 s
 * in place of minutes).
 */
export function grid(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const named = columns.some(column => column.name !== undefined)
  const lines = rows.flatMap(singleLines)
  const drawn: string[] = []
  for (let at = 0; at === 0 || at < lines.length; at += chunk) {
    const table = new Table({
      ...(named && at === 0 ? { head: columns.map(column => column.name ?? '') } : {}),
      chars: bare,
      colWidths: columns.map(column => column.width + gap),
      colAligns: columns.map(column => column.align ?? 'left'),
      style: { head: [], border: [], compact: true, 'padding-left': gap, 'padding-right': 0 },
    })
    table.push(...lines.slice(at, at + chunk))
    drawn.push(...table.toString().split('\n'))
  }
  return drawn.map(line => line.trimEnd())
}

const chunk = 200

/** A row whose cells have several lines as rows whose cells have one. */
function singleLines(row: readonly string[]): string[][] {
  const cells = row.map(cell => cell.split('\n'))
  const height = Math.max(...cells.map(cell => cell.length))
  return Array.from({ length: height }, (_, at) => cells.map(cell => cell[at] ?? ''))
}

// A rule under the head is all that is drawn.
const bare = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '─',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
}
