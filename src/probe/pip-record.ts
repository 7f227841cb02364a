import { above, below } from './below.ts'
import { Budget } from './budget.ts'
import { recordProbe } from './collect.ts'
import { lines } from './fields.ts'
import type { PipRecord } from './package-record.ts'

/**
 * Reads which files pip installed, as absolute paths. `RECORD` (PEP 376, PEP 627) is CSV of path, hash and size, relative
 * to the folder that holds `dist-info`; setuptools' older `installed-files.txt` is lines, relative to `egg-info` itself.
 */
export function parsePipRecord(text: string, path: string): PipRecord | undefined {
  const csv = path.endsWith('/RECORD')
  const folder = above(path, csv ? 2 : 1)
  const budget = new Budget()
  const paths: string[] = []
  for (const name of csv ? firstCells(text) : lines(text)) {
    if (name === '') continue
    if (name.length > longest) return undefined
    const found = below(folder, name)
    if (!budget.spend(found)) return undefined
    paths.push(found)
  }
  return { kind: 'pip-record', paths }
}

/** Characters. No path is so long, and 60 MB of quotes in one cell would take 1.3 GB. */
const longest = 64 * 1024

const comma = 0x2c
const quote = 0x22
const lf = 0x0a
const cr = 0x0d

/** The first cell of each row, as Python's csv module has it: a cell that begins with a quote runs to the next single
 *  one (twice is one quote), over commas and line ends; quotes elsewhere are letters. */
function* firstCells(text: string): Iterable<string> {
  let first = true
  for (let at = 0; at < text.length; ) {
    const end = cellEnd(text, at)
    if (first) yield cell(text.slice(at, end))
    first = text.charCodeAt(end) !== comma
    at = end + 1
  }
}

function cellEnd(text: string, from: number): number {
  let at = text.charCodeAt(from) === quote ? closing(text, from + 1) : from
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === comma || code === lf || code === cr) return at
  }
  return text.length
}

/** Where a quoted cell's closing quote is. */
function closing(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text.charCodeAt(at + 1) !== quote) return at
  }
  return text.length
}

function cell(raw: string): string {
  if (raw.charCodeAt(0) !== quote || raw.length > longest) return raw
  const end = closing(raw, 1)
  return raw.slice(1, end).replaceAll('""', '"') + raw.slice(end + 1)
}

/** `*.dist-info/RECORD`, `*.egg-info/installed-files.txt`. */
export const pipRecord = recordProbe({
  id: 'pip-record',
  wants: path => path.endsWith('.dist-info/RECORD') || path.endsWith('.egg-info/installed-files.txt'),
  parse: parsePipRecord,
})
