import { ChildIndex } from './child-index.ts'
import { Column, none } from './column.ts'

/** All paths of an image as a tree, by number; 0 is the root. Numbers are given in the order of arrival. */
export class PathTree {
  readonly #paths: string[] = ['/']
  readonly #parent: Column
  readonly #firstChild: Column
  readonly #lastChild: Column
  readonly #nextSibling: Column
  readonly #children: ChildIndex
  /** The folder that was asked about last: what lies next to each other in a tar lies in one folder. */
  #folder = 0
  #folders: Map<string, string[]> | undefined

  /** `expected`: how many paths there will be, as far as known. */
  constructor(expected = 0) {
    this.#parent = new Column(expected)
    this.#firstChild = new Column(expected)
    this.#lastChild = new Column(expected)
    this.#nextSibling = new Column(expected)
    this.#children = new ChildIndex(this.#paths, this.#parent, expected)
  }

  get size(): number {
    return this.#paths.length
  }

  /** `path` is absolute and clean. */
  find(path: string): number | undefined {
    const node = this.#resolve(path, false)
    return node === none ? undefined : node
  }

  /** The node of a path, made with all that lie above it where there is none. */
  add(path: string): number {
    return this.#resolve(path, true)
  }

  path(node: number): string {
    return this.#paths[node] ?? '/'
  }

  /** -1 for the root. */
  parent(node: number): number {
    return this.#parent.get(node)
  }

  hasChildren(node: number): boolean {
    return this.#firstChild.get(node) !== none
  }

  /** Paths directly below one; none for a path that is not there. */
  *children(path: string): Iterable<string> {
    const parent = this.find(path)
    if (parent === undefined) return
    for (let node = this.#firstChild.get(parent); node !== none; node = this.#nextSibling.get(node)) {
      yield this.path(node)
    }
  }

  /** Paths that end in this name and have something below them. Looked up in an index of folders, made once. */
  foldersNamed(name: string): readonly string[] {
    this.#folders ??= this.#indexFolders()
    return this.#folders.get(name) ?? []
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

  /** Part by part, from the nearest folder above it that is known to lie there. */
  #resolve(path: string, make: boolean): number {
    if (path === '/') return 0
    if (!path.startsWith('/')) return none
    let folder = this.#folder
    while (folder > 0 && !this.#isAbove(folder, path)) folder = this.parent(folder)
    for (let from = folder === 0 ? 1 : this.path(folder).length + 1; ; ) {
      const slash = path.indexOf('/', from)
      const to = slash === -1 ? path.length : slash
      let node = this.#children.find(folder, path, from, to)
      if (node === none) {
        if (!make) return none
        node = this.#append(slash === -1 ? path : path.slice(0, to), folder)
        this.#children.add(node, from)
      }
      if (slash === -1) {
        this.#folder = folder
        return node
      }
      folder = node
      from = slash + 1
    }
  }

  #isAbove(folder: number, path: string): boolean {
    const above = this.path(folder)
    return path[above.length] === '/' && path.startsWith(above)
  }

  #indexFolders(): Map<string, string[]> {
    const folders = new Map<string, string[]>()
    for (let node = 1; node < this.#paths.length; node++) {
      if (!this.hasChildren(node)) continue
      const path = this.path(node)
      const name = path.slice(path.lastIndexOf('/') + 1)
      const known = folders.get(name)
      if (known === undefined) folders.set(name, [path])
      else known.push(path)
    }
    return folders
  }

  #append(path: string, parent: number): number {
    this.#folders = undefined
    const node = this.#paths.push(path) - 1
    this.#parent.set(node, parent)
    const last = this.#lastChild.get(parent)
    if (last === none) this.#firstChild.set(parent, node)
    else this.#nextSibling.set(last, node)
    this.#lastChild.set(parent, node)
    return node
  }
}
