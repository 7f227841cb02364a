import type { Report } from './schema.ts'

/** How a report is to look; formats that a program reads look the same whatever is asked. */
export interface FormatOptions {
  /** Columns of the terminal. */
  readonly width: number
  readonly colour: boolean
  /** Rows of each list. */
  readonly top: number
  /** Every row and every path instead. */
  readonly all: boolean
}

/** Draws a document as text that ends with a newline. Pure. */
export type Formatter<Document = Report> = (document: Document, options: FormatOptions) => string

/** What formats are drawn from that list problems one by one: a report, or what is new in a comparison. */
export interface Judged extends Pick<Report, 'tool' | 'image' | 'findings' | 'budgets' | 'notices'> {
  readonly layers: readonly Pick<Report['layers'][number], 'index' | 'createdBy' | 'dockerfile'>[]
}
