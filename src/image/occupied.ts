import { Column, none } from './column.ts'
import type { PathTree } from './path-tree.ts'

/** The end of a list of children. */
const last = -2

/**
 * Where in a tree something may be shown. What is hidden with the folder that it lies in is forgotten, so that a folder of a
 * million files which is hidden a million times costs a million steps, not their product.
 */
export class Occupied {
  readonly #tree: PathTree
  /** By node: the first of its children below which something may be shown; and the next one beside it, `last` where there is
   *  none, `none` where it is in no such list. */
  readonly #first: Column
  readonly #next: Column

  /** `expected`: how many nodes there will be, as far as known. */
  constructor(tree: PathTree, expected: number) {
    this.#tree = tree
    this.#first = new Column(expected)
    this.#next = new Column(expected)
  }

  /** Something is shown at a node. */
  add(node: number): void {
    for (let at = node; at > 0 && this.#next.get(at) === none; ) {
      const above = this.#tree.parent(at)
      const first = this.#first.get(above)
      this.#next.set(at, first === none ? last : first)
      this.#first.set(above, at)
      at = above
    }
  }

  /** Every node below one at which something may be shown, parents first: all that is shown there is to be hidden. */
  *clear(root: number): Iterable<number> {
    const folders = [root]
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      let child = this.#first.get(folder)
      this.#first.set(folder, none)
      while (child >= 0) {
        const next = this.#next.get(child)
        this.#next.set(child, none)
        yield child
        if (this.#first.get(child) !== none) folders.push(child)
        child = next
      }
    }
  }
}
