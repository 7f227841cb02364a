import { type Column, none } from './column.ts'
import type { EntryId, EntryTable } from './entry-table.ts'
import type { PathTree } from './path-tree.ts'

/** What the answers rest on: the entries of each path, newest first. */
interface Chains {
  readonly tree: PathTree
  readonly newest: Column
  readonly older: Column
}

/** So many answers are kept: enough for the folders that neighbours lie in. */
const most = 10_000

/** What a layer puts in the place of what it hides. Answers are kept: a path can stand a million times in one layer, and a
 *  million entries can lie below one that is asked about. */
export class Replacing {
  readonly #table: EntryTable
  readonly #chains: Chains
  readonly #newest = new Map<number, EntryId>()
  readonly #others = new Map<number, boolean>()

  constructor(table: EntryTable, chains: Chains) {
    this.#table = table
    this.#chains = chains
  }

  /** The newest entry of a layer at a node; -1 where it has none. */
  newest(node: number, layer: number): EntryId {
    const key = this.#key(node, layer)
    const known = this.#newest.get(key)
    if (known !== undefined) return known
    const found = this.#first(node, layer, () => true)
    if (this.#newest.size === most) this.#newest.clear()
    this.#newest.set(key, found)
    return found
  }

  /** Whether a layer has something that is no directory at a node, or at one above it. */
  isOther(node: number, layer: number): boolean {
    const asked: number[] = []
    let found: boolean | undefined
    for (let at = node; found === undefined; at = this.#chains.tree.parent(at)) {
      // The root is a folder, whatever a layer has there.
      if (at <= 0) found = false
      else {
        const key = this.#key(at, layer)
        found = this.#others.get(key)
        if (found === undefined) asked.push(key)
        if (found === undefined && this.#first(at, layer, id => this.#table.kind(id) !== 'directory') !== none)
          found = true
      }
    }
    if (this.#others.size + asked.length > most) this.#others.clear()
    for (const key of asked) this.#others.set(key, found)
    return found
  }

  #first(node: number, layer: number, holds: (id: EntryId) => boolean): EntryId {
    const { newest, older } = this.#chains
    for (let id = newest.get(node); id !== none; id = older.get(id)) {
      if (this.#table.layerOf(id) === layer && holds(id)) return id
    }
    return none
  }

  #key(node: number, layer: number): number {
    return node * this.#table.layers.length + layer
  }
}
