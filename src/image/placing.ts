import { none } from './column.ts'
import type { Entries } from './entries.ts'
import type { PathTree } from './path-tree.ts'

/** Finds and makes the places of one layer's entries in the tree of the image: a folder is looked up once. */
export class Placing {
  readonly #tree: PathTree
  readonly #entries: Entries
  /** By folder of the layer: 1 + its node, 0 where it is not known. */
  readonly #nodes: Int32Array
  readonly #unknown: number[] = []

  constructor(tree: PathTree, entries: Entries) {
    this.#tree = tree
    this.#entries = entries
    this.#nodes = new Int32Array(entries.folders.size)
    this.#nodes[0] = 1
  }

  /** The node of an entry's path, made with all that lie above it where there is none. */
  add(ordinal: number): number {
    return this.#node(ordinal, true)
  }

  /** The node of an entry's path; -1 where there is none. */
  find(ordinal: number): number {
    return this.#node(ordinal, false)
  }

  /** The node of the folder that a marker lies in, made with all that lie above it where there is none. */
  folderOf(ordinal: number): number {
    return this.#entries.kind(ordinal) === 'opaque'
      ? this.add(ordinal)
      : this.#folder(this.#entries.folder(ordinal), true)
  }

  #node(ordinal: number, make: boolean): number {
    const { names } = this.#entries
    const folder = this.#folder(this.#entries.folder(ordinal), make)
    if (folder === none || names.start(ordinal) === names.end(ordinal)) return folder
    return this.#child(folder, names, ordinal, make)
  }

  #folder(folder: number, make: boolean): number {
    const { folders } = this.#entries
    const unknown = this.#unknown
    let above = folder
    for (; this.#nodes[above] === 0; above = folders.parent(above)) unknown.push(above)
    let node = (this.#nodes[above] ?? 0) - 1
    for (let next = unknown.pop(); next !== undefined; next = unknown.pop()) {
      if (node !== none) node = this.#child(node, folders.names, next, make)
      this.#nodes[next] = node + 1
    }
    return node
  }

  #child(parent: number, names: Entries['names'], name: number, make: boolean): number {
    return this.#tree.child(parent, names.bytes, names.start(name), names.end(name), make)
  }
}
