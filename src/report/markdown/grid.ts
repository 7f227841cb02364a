/** A column's head; numbers stand at its right. */
export interface Column {
  readonly name: string
  readonly align?: 'right'
}

/** A table (GFM 4.10). Cells are markdown on one line: names in them by `cellCode`. */
export function grid(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return []
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(columns.map(({ name }) => name)),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map(line),
  ]
}
