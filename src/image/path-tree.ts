/** All paths of an image as a tree, by number; 0 is the root. Numbers are given in the order of arrival. */
export class PathTree {
  readonly #paths: string[] = ['/']
  readonly #parent: number[] = [-1]
  readonly #firstChild: number[] = [-1]
  readonly #lastChild: number[] = [-1]
  readonly #nextSibling: number[] = [-1]
  readonly #byPath = new Map<string, number>([['/', 0]])
  #folders: Map<string, string[]> | undefined

  get size(): number {
    return this.#paths.length
  }

  /** `path` is absolute and clean. */
  find(path: string): number | undefined {
    return this.#byPath.get(path)
  }

  /** The node of a path, made with all that lie above it where there is none. */
  add(path: string): number {
    const known = this.#byPath.get(path)
    if (known !== undefined) return known
    const missing = [path]
    let cut = path.lastIndexOf('/')
    let above = path
    while (cut > 0) {
      above = above.slice(0, cut)
      if (this.#byPath.has(above)) break
      missing.push(above)
      cut = above.lastIndexOf('/')
    }
    let parent = cut > 0 ? (this.#byPath.get(above) ?? 0) : 0
    for (let name = missing.pop(); name !== undefined; name = missing.pop()) parent = this.#append(name, parent)
    return parent
  }

  path(node: number): string {
    return this.#paths[node] ?? '/'
  }

  /** -1 for the root. */
  parent(node: number): number {
    return this.#parent[node] ?? -1
  }

  hasChildren(node: number): boolean {
    return (this.#firstChild[node] ?? -1) !== -1
  }

  /** Paths directly below one; none for a path that is not there. */
  *children(path: string): Iterable<string> {
    const parent = this.#byPath.get(path)
    if (parent === undefined) return
    for (let node = this.#firstChild[parent] ?? -1; node !== -1; node = this.#nextSibling[node] ?? -1) {
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
    let node = this.#firstChild[root] ?? -1
    while (node !== -1) {
      yield node
      let next = this.#firstChild[node] ?? -1
      while (next === -1 && node !== root) {
        next = this.#nextSibling[node] ?? -1
        if (next === -1) node = this.parent(node)
      }
      node = node === root ? -1 : next
    }
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
    const node = this.#paths.length
    this.#paths.push(path)
    this.#parent.push(parent)
    this.#firstChild.push(-1)
    this.#lastChild.push(-1)
    this.#nextSibling.push(-1)
    const last = this.#lastChild[parent] ?? -1
    if (last === -1) this.#firstChild[parent] = node
    else this.#nextSibling[last] = node
    this.#lastChild[parent] = node
    this.#byPath.set(path, node)
    return node
  }
}
