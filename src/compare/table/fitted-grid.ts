import { type Column, gap, grid } from '../../report/table/grid.ts'

/** One that can go where a page is narrow: those of the highest number first. */
interface LeadingColumn extends Column {
  readonly spare?: number
}

/** What the last column has at least, as long as another one can go. */
const least = 17

/** A grid as wide as the page. `rows` are asked for by the columns that the last one has. */
export function fittedGrid(
  page: number,
  leading: readonly LeadingColumn[],
  last: string | undefined,
  rows: (room: number) => readonly (readonly string[])[],
): string[] {
  let kept = [...leading]
  for (const spare of leading.filter(column => column.spare !== undefined).sort(mostSpare))
    if (roomBeside(kept, page) < least) kept = kept.filter(column => column !== spare)
  const room = Math.max(1, roomBeside(kept, page))
  const columns = [...kept, { width: room, ...(last === undefined ? {} : { name: last }) }]
  const isKept = (at: number) => at === leading.length || kept.some(column => column === leading[at])
  return grid(
    columns,
    rows(room).map(cells => cells.filter((_, at) => isKept(at))),
  )
}

function roomBeside(columns: readonly Column[], page: number): number {
  return columns.reduce((left, { width }) => left - gap - width, page - gap)
}

function mostSpare(a: LeadingColumn, b: LeadingColumn): number {
  return (b.spare ?? 0) - (a.spare ?? 0)
}
