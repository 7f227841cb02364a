import picocolors from 'picocolors'
import type { FormatOptions } from '../format.ts'
import type { Report } from '../schema.ts'
import { withoutCommandLines } from '../workflow-command.ts'
import { wrap } from './wrap.ts'

/** What every part of a table is drawn from: a report, a comparison, a trend. */
export interface Page<Document = Report> extends FormatOptions {
  readonly report: Document
  readonly ink: ReturnType<typeof picocolors.createColors>
}

/** Parts of a page, an empty line between them. `narrowest`: the columns that they fit into, however few there are. */
export function pageText<Document>(
  parts: readonly ((page: Page<Document>) => string[])[],
  report: Document,
  options: FormatOptions,
  narrowest = 60,
): string {
  const width = Math.max(narrowest, Math.min(options.width, 160))
  const page: Page<Document> = { ...options, width, report, ink: picocolors.createColors(options.colour) }
  return drawnText(parts.map(part => part(page)))
}

/** Parts by their lines, an empty line between them. */
export function drawnText(parts: readonly (readonly string[])[]): string {
  const drawn = parts.filter(lines => lines.length > 0).map(lines => `${lines.join('\n')}\n`)
  return withoutCommandLines(drawn.join('\n'))
}

/** Rows of a list that are printed, out of `count`. One row more costs no more than the line that tells of it. */
export function rowsShown({ all, top }: Pick<FormatOptions, 'all' | 'top'>, count: number): number {
  return all || count <= top + 1 ? count : top
}

/** The line above a part: its name, and what it sums up. */
export function heading({ ink, width }: Pick<Page, 'ink' | 'width'>, name: string, aside = ''): string {
  if (aside === '') return ink.bold(name)
  if (name.length + 2 + aside.length <= width) return `${ink.bold(name)}  ${ink.dim(aside)}`
  return [ink.bold(name), ...wrap(aside, width - 2).map(line => `  ${ink.dim(line)}`)].join('\n')
}
