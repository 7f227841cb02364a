import { none } from '../image/column.ts'
import type { Pairs } from './pairing.ts'
import type { Comparison } from './schema.ts'
import { kinds, type SizeTree } from './size-tree.ts'

/** What a row tells: a pair whole, or the rest of it. */
export interface PathRow {
  readonly pair: number
  readonly rest: boolean
  /** null where a stored report does not tell. */
  readonly before: number | null
  readonly after: number | null
  readonly difference: number
  /** How much more or less it may be, since a stored report does not tell. */
  readonly unsure: number
}

/** How paths of two images differ, by the number of the pair. */
export class PathChanges {
  readonly #before: SizeTree
  readonly #after: SizeTree
  readonly #pairs: Pairs
  /** Bytes that came and went, as far as it is sure. */
  readonly churn: number

  constructor(before: SizeTree, after: SizeTree, pairs: Pairs) {
    this.#before = before
    this.#after = after
    this.#pairs = pairs
    this.churn = this.#churn()
  }

  get count(): number {
    return this.#pairs.folder.length
  }

  /** The pair around it; -1 for the root. */
  folder(pair: number): number {
    return this.#pairs.folder[pair] ?? none
  }

  /** What a report does not tell counts as 0, which it most likely is. */
  difference(pair: number): number {
    return bytesOf(this.#after, this.#pairs.after[pair]) - bytesOf(this.#before, this.#pairs.before[pair])
  }

  /** A row of all that lies at a path. */
  whole(pair: number): PathRow {
    const { before, after, unlisted } = this.#pairs
    const unsure = unlisted[pair] ?? 0
    return {
      pair,
      rest: false,
      before: unsure > 0 && before[pair] === none ? null : bytesOf(this.#before, before[pair]),
      after: unsure > 0 && after[pair] === none ? null : bytesOf(this.#after, after[pair]),
      difference: this.difference(pair),
      unsure,
    }
  }

  /** Whether nothing is left of a folder, though it is still there. */
  isEmptied(pair: number): boolean {
    return bytesOf(this.#after, this.#pairs.after[pair]) === 0
  }

  /** Whether a folder that was there had nothing in it. */
  wasEmpty(pair: number): boolean {
    return bytesOf(this.#before, this.#pairs.before[pair]) === 0
  }

  /** Whether it is a file of this folder. */
  isFileOf(folder: number, pair: number): boolean {
    return this.folder(pair) === folder && this.#after.kinds[this.#pairs.after[pair] ?? none] === kinds.file
  }

  /** A row of what a folder has beside these rows. */
  rest(pair: number, rows: readonly PathRow[]): PathRow {
    let { before, after, difference, unsure } = this.whole(pair)
    for (const row of rows) {
      before = before === null || row.before === null ? null : before - row.before
      after = after === null || row.after === null ? null : after - row.after
      difference -= row.difference
      unsure += row.unsure
    }
    return { pair, rest: true, before, after, difference, unsure }
  }

  row({ pair, rest, before, after, difference }: PathRow): Comparison['paths'][number] {
    let old = this.#pairs.before[pair] ?? none
    let young = this.#pairs.after[pair] ?? none
    // What is on one side only has the same figures at the deepest path that holds all of it.
    if (old === none) young = innermost(this.#after, young)
    else if (young === none) old = innermost(this.#before, old)
    const kind = young === none ? this.#before.kinds[old] : this.#after.kinds[young]
    const was = old === none ? null : this.#before.paths.path(old)
    const path = young === none ? (was ?? '/') : this.#after.paths.path(young)
    const exact = before !== null && after !== null
    const grew = difference > 0
    return {
      path,
      was: was === path ? null : was,
      kind: rest ? 'rest' : kind === kinds.folder ? 'folder' : 'file',
      change: exact && young === none ? 'gone' : exact && old === none ? 'new' : grew ? 'grown' : 'shrunk',
      before,
      after,
      difference,
      exact,
    }
  }

  #churn(): number {
    const churn = new Float64Array(this.count)
    const below = new Float64Array(this.count)
    const unsure = Float64Array.from(this.#pairs.unlisted)
    // Folders stand before what lies in them.
    for (let pair = this.count - 1; pair >= 0; pair--) {
      const difference = this.difference(pair)
      // What its children do not tell of a folder changed too, in a stored report.
      const own = Math.abs(difference - (below[pair] ?? 0)) - (unsure[pair] ?? 0)
      const sure = Math.abs(difference) - (this.#pairs.unlisted[pair] ?? 0)
      const all = Math.max((churn[pair] ?? 0) + Math.max(0, own), sure)
      const folder = this.folder(pair)
      if (folder === none) return all
      churn[folder] = (churn[folder] ?? 0) + all
      below[folder] = (below[folder] ?? 0) + difference
      unsure[folder] = (unsure[folder] ?? 0) + (this.#pairs.unlisted[pair] ?? 0)
    }
    return 0
  }
}

/** 0 where there is no node. */
function bytesOf(tree: SizeTree, node = none): number {
  return tree.bytes[node] ?? 0
}

/** The deepest folder that holds all that a folder does. */
function innermost(tree: SizeTree, node: number): number {
  let inner = node
  for (let next = node; next !== none; next = onlyFolder(tree, inner)) inner = next
  return inner
}

/** The folder that a folder has and nothing else; -1 where there is more in it. */
function onlyFolder(tree: SizeTree, folder: number): number {
  let only = none
  for (const node of tree.paths.childrenOf(folder)) {
    if (tree.kinds[node] === kinds.absent) continue
    if (only !== none || tree.kinds[node] !== kinds.folder) return none
    only = node
  }
  return bytesOf(tree, only) === bytesOf(tree, folder) ? only : none
}
