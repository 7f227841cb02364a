import { Column, none } from './column.ts'
import { NameTree } from './name-tree.ts'

/** All paths of an image as a tree, by number; 0 is the root. Numbers are given in the order of arrival. */
export class PathTree extends NameTree {
  readonly #firstChild: Column
  readonly #lastChild: Column
  readonly #nextSibling: Column
  #folders: Map<string, number[]> | undefined

  /** `expected`: how many paths there will be, as far as known. */
  constructor(expected = 0) {
    super(expected)
    this.#firstChild = new Column(expected)
    this.#lastChild = new Column(expected)
    this.#nextSibling = new Column(expected)
  }

  protected override added(node: number, parent: number): void {
    this.#folders = undefined
    const last = this.#lastChild.get(parent)
    if (last === none) this.#firstChild.set(parent, node)
    else this.#nextSibling.set(last, node)
    this.#lastChild.set(parent, node)
  }

  hasChildren(node: number): boolean {
    return this.#firstChild.get(node) !== none
  }

  /** Paths directly below one; none for a path that is not there. */
  *children(path: string): Iterable<string> {
    const parent = this.find(path)
    if (parent !== undefined) for (const node of this.childrenOf(parent)) yield this.path(node)
  }

  /** Nodes directly below one. */
  *childrenOf(parent: number): Iterable<number> {
    for (let node = this.#firstChild.get(parent); node !== none; node = this.#nextSibling.get(node)) yield node
  }

  /** Paths that end in this name and have something below them. Looked up in an index of folders, made once. */
  foldersNamed(name: string): readonly string[] {
    this.#folders ??= this.#indexFolders()
    return (this.#folders.get(name) ?? []).map(node => this.path(node))
  }

  /** Every node below one, itself left out, parents first. Without recursion: paths can be 10,000 deep. */
  *below(root: number): Iterable<number> {
    let node = this.#firstChild.get(root)
    while (node !== none) {
      yield node
      let next = this.#firstChild.get(node)
      while (next === none && node !== root) {
        next = this.#nextSibling.get(node)
        if (next === none) node = this.parent(node)
      }
      node = node === root ? none : next
    }
  }

  #indexFolders(): Map<string, number[]> {
    const folders = new Map<string, number[]>()
    for (let node = 1; node < this.size; node++) {
      if (!this.hasChildren(node)) continue
      const name = this.name(node)
      const known = folders.get(name)
      if (known === undefined) folders.set(name, [node])
      else known.push(node)
    }
    return folders
  }
}
