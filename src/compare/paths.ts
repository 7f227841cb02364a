import { none } from '../image/column.ts'
import { byDifference } from './by-difference.ts'
import { pairTrees } from './pairing.ts'
import { PathChanges, type PathRow } from './path-changes.ts'
import type { Comparison } from './schema.ts'
import type { SizeTree } from './size-tree.ts'

type Row = Comparison['paths'][number]

/** Live bytes that came, went, grew or shrank from one image to another, rolled up to the folder that explains them. Rows add up
 *  to the difference: what none of them tells of a folder is its `rest`, what is left in the end the rest of `/`. */
export function pathsOf(before: SizeTree, after: SizeTree): Comparison['paths'] {
  const changes = new PathChanges(before, after, pairTrees(before, after))
  const worth = worthOf(changes)
  const told = new Map<number, Told>()
  // Folders stand before what lies in them.
  for (let pair = changes.count - 1; pair >= 0; pair--) {
    const rows = rowsOf(changes, pair, told.get(pair), worth)
    told.delete(pair)
    const folder = changes.folder(pair)
    if (folder === none) return sorted(rows.map(row => changes.row(row)))
    if (rows.length > 0) told.set(folder, joined(told.get(folder), rows))
  }
  return []
}

/** The rows in a folder. */
interface Told {
  readonly rows: PathRow[]
  /** How many of its children they are of. */
  readonly children: number
}

function joined(known: Told | undefined, rows: PathRow[]): Told {
  if (known === undefined) return { rows, children: 1 }
  const [into, from] = known.rows.length < rows.length ? [rows, known.rows] : [known.rows, rows]
  for (const row of from) into.push(row)
  return { rows: into, children: known.children + 1 }
}

interface Worth {
  /** What is less has no row. */
  readonly row: number
  /** What is as much has a row whatever lies beside it. */
  readonly ofItsOwn: number
}

/** Every row tells of other bytes, and of this many at least: so there are some hundred at most, whatever the images. Where more
 *  was moved about than came or went, what came is looked at more closely. */
function worthOf(changes: PathChanges): Worth {
  const { churn } = changes
  return {
    row: Math.max(churn / 500, Math.min(churn / 200, Math.abs(changes.difference(0)) / 20)),
    ofItsOwn: churn / 20,
  }
}

function rowsOf(changes: PathChanges, pair: number, told: Told | undefined, worth: Worth): PathRow[] {
  const isRoot = changes.folder(pair) === none
  const children = told?.children ?? 0
  const rows = told?.rows ?? []
  const row = children > 0 || isRoot ? changes.rest(pair, rows) : changes.whole(pair)
  if (isRoot ? row.difference !== 0 : isTold(row, worth)) rows.push(row)
  return isRoot ? rows : shortened(changes, pair, rows, children, worth)
}

/** Counted as 0, what a report does not tell can make more of a change than there is: told only where half of it is sure. */
function isTold({ difference, unsure }: PathRow, worth: Worth): boolean {
  const sure = Math.abs(difference) - unsure
  return sure > 0 && sure >= worth.row && sure >= unsure
}

/** One row for a folder that says more than those of what lies in it: where all of that went, where all of it came and is files,
 *  or where many children went one way; beside it, those that went far. */
function shortened(
  changes: PathChanges,
  pair: number,
  rows: PathRow[],
  children: number,
  { ofItsOwn }: Worth,
): PathRow[] {
  const filled = changes.wasEmpty(pair) && rows.every(row => row.pair === pair || changes.isFileOf(pair, row.pair))
  if (children > 1 && (filled || changes.isEmptied(pair))) return [changes.whole(pair)]
  const far = rows.filter(({ difference }) => Math.abs(difference) >= ofItsOwn)
  const sign = Math.sign(changes.difference(pair))
  const isWide = Math.min(children, rows.length - far.length) > many
  if (!isWide || rows.some(({ difference }) => Math.sign(difference) !== sign)) return rows
  return far.length === 0 ? [changes.whole(pair)] : [...far, changes.rest(pair, far)]
}

const many = 8

/** The rest of the root last. */
function sorted(rows: Row[]): Row[] {
  const isLast = ({ path, kind }: Row) => path === '/' && kind === 'rest'
  const order = byDifference<Row>(({ path }) => path)
  // A file in the place of a folder of the same size goes before that comes.
  return rows.sort((a, b) => Number(isLast(a)) - Number(isLast(b)) || order(a, b) || a.difference - b.difference)
}
