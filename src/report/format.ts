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

/** Draws a report as text that ends with a newline. Pure. */
export type Formatter = (report: Report, options: FormatOptions) => string
