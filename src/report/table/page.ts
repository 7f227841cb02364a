import type picocolors from 'picocolors'
import type { FormatOptions } from '../format.ts'
import type { Report } from '../schema.ts'

/** What every part of the table is drawn from. */
export interface Page extends FormatOptions {
  readonly report: Report
  readonly ink: ReturnType<typeof picocolors.createColors>
}

/** Rows of a list that are printed, out of `count`. One row more costs no more than the line that tells of it. */
export function rowsShown({ all, top }: FormatOptions, count: number): number {
  return all || count <= top + 1 ? count : top
}

/** The line above a part: its name, and what it sums up. */
export function heading({ ink }: Page, name: string, aside = ''): string {
  return aside === '' ? ink.bold(name) : `${ink.bold(name)}  ${ink.dim(aside)}`
}
