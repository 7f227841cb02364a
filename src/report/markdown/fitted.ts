import type { FormatOptions } from '../format.ts'
import { withoutCommandLines } from '../workflow-command.ts'

/** GitHub refuses a comment of more characters; bytes are never fewer, so other counts of characters fit too. */
export const limit = 65_536

/** How much of everything is drawn. */
export interface Extent {
  /** Rows of each list. */
  readonly rows: number
  /** Characters of a sentence, or of a line of an instruction. */
  readonly length: number
}

export interface Section {
  /** What it is called where it is left out. */
  readonly name: string
  /** Its lines; none where it has nothing to say. */
  readonly draw: (extent: Extent) => readonly string[]
}

/** Sections with an empty line between them, as many rows of each as fit; then without those that do not, which it says. */
export function fitted(sections: readonly Section[], options: Pick<FormatOptions, 'top' | 'all'>): string {
  let drawn: readonly Drawn[] = []
  for (const extent of extents(options)) {
    drawn = sections
      .map(({ name, draw }) => ({ name, text: draw(extent).join('\n') }))
      .filter(({ text }) => text !== '')
    const whole = page(drawn.map(({ text }) => text))
    if (Buffer.byteLength(whole) <= limit) return whole
  }
  return withoutLargest(drawn)
}

/** More never fit. */
const mostRows = 1000

interface Drawn {
  readonly name: string
  readonly text: string
}

function extents({ top, all }: Pick<FormatOptions, 'top' | 'all'>): Extent[] {
  const rows = Math.min(all ? mostRows : top, mostRows)
  const fewer = [
    // Whole instructions, unless so many would not fit anyway.
    { rows, length: rows > 50 ? 2000 : 10_000 },
    { rows, length: 1000 },
    { rows: 10, length: 600 },
    { rows: 5, length: 300 },
    { rows: 3, length: 150 },
  ]
  return fewer.map(extent => ({ ...extent, rows: Math.min(rows, extent.rows) }))
}

/** What stands first matters most: a section is left out where it does not fit behind those before it. */
function withoutLargest(drawn: readonly Drawn[]): string {
  const room = limit - Buffer.byteLength(leftOut(drawn.map(({ name }) => name))) - 2
  const kept: string[] = []
  const left: string[] = []
  for (const { name, text } of drawn) {
    if (Buffer.byteLength(page([...kept, text])) <= room) kept.push(text)
    else left.push(name)
  }
  return page([...kept, leftOut(left)])
}

function leftOut(names: readonly string[]): string {
  return `_Left out, since GitHub takes no longer comment: ${names.join(', ')}. The JSON report has all of it._`
}

function page(texts: readonly string[]): string {
  return withoutCommandLines(`${texts.join('\n\n')}\n`)
}
