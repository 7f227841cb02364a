import picocolors from 'picocolors'
import type { FormatOptions } from '../format.ts'
import type { Report } from '../schema.ts'

/** What every part of a table is drawn from: a report, a comparison, a trend. */
export interface Page<Document = Report> extends FormatOptions {
  readonly report: Document
  readonly ink: ReturnType<typeof picocolors.createColors>
}

/** Parts of a page, an empty line between them. */
export function pageText<Document>(
  parts: readonly ((page: Page<Document>) => string[])[],
  report: Document,
  options: FormatOptions,
): string {
  const width = Math.max(60, Math.min(options.width, 160))
  const page: Page<Document> = { ...options, width, report, ink: picocolors.createColors(options.colour) }
  return parts
    .map(part => part(page))
    .filter(lines => lines.length > 0)
    .map(lines => `${lines.join('\n')}\n`)
    .join('\n')
}

/** Rows of a list that are printed, out of `count`. One row more costs no more than the line that tells of it. */
export function rowsShown({ all, top }: Pick<FormatOptions, 'all' | 'top'>, count: number): number {
  return all || count <= top + 1 ? count : top
}

/** The line above a part: its name, and what it sums up. */
export function heading({ ink }: Pick<Page, 'ink'>, name: string, aside = ''): string {
  return aside === '' ? ink.bold(name) : `${ink.bold(name)}  ${ink.dim(aside)}`
}
