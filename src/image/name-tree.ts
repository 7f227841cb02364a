import { ChildIndex } from './child-index.ts'
import { Column, none } from './column.ts'
import type { Columns } from './columns.ts'
import { FolderText } from './folder-text.ts'
import { Names } from './names.ts'
import { PathBytes } from './path-bytes.ts'
import { Trail } from './trail.ts'

const slash = 0x2f

/** Paths as a tree of their parts, by number; 0 is the root. A folder has a smaller number than what lies in it. */
export class NameTree {
  /** By node: its own name, without the folder. */
  readonly names: Names
  readonly #parent: Column
  #children: ChildIndex | undefined
  readonly #expected: number
  readonly #asked = new PathBytes()
  readonly #trail = new Trail()
  readonly #text = new FolderText(this)

  /** `expected`: how many paths there will be, as far as known. */
  constructor(expected = 0, names = new Names(expected), parent = new Column(expected)) {
    this.names = names
    this.#parent = parent
    this.#expected = expected
    if (names.length === 0) names.add(this.#asked.bytes, 0, 0)
  }

  /** Takes columns as they are; throws a RangeError when they do not fit together. */
  static fromColumns({ parent, ...columns }: Columns): NameTree {
    const names = Names.fromColumns(columns)
    if (!(parent instanceof Int32Array) || parent.length !== names.length || parent[0] !== 0)
      throw new RangeError('no columns of a tree of names')
    for (let node = 1; node < parent.length; node++) {
      const above = (parent[node] ?? 0) - 1
      if (above < 0 || above >= node) throw new RangeError(`node ${node} lies in node ${above}`)
    }
    return new NameTree(names.length, names, Column.fromValues(parent))
  }

  columns(): { readonly parent: Int32Array; readonly bytes: Uint8Array; readonly end: Uint32Array } {
    return { parent: this.#parent.values(this.size), ...this.names.columns() }
  }

  get size(): number {
    return this.names.length
  }

  /** `path` is absolute and clean. */
  find(path: string): number | undefined {
    this.#asked.set(path)
    const node = this.resolve(this.#asked.bytes, this.#asked.length, false)
    return node === none ? undefined : node
  }

  /** The node of a path, made with all that lie above it where there is none. */
  add(path: string): number {
    this.#asked.set(path)
    return this.resolve(this.#asked.bytes, this.#asked.length, true)
  }

  path(node: number): string {
    return node === 0 ? '/' : this.pathIn(this.parent(node), this.names, node)
  }

  /** The path of a name of this or another list in one of these folders. */
  pathIn(folder: number, names: Names, name: number): string {
    return this.#text.path(folder, names, name)
  }

  /** Without its folder; empty for the root. */
  name(node: number): string {
    return this.names.text(node)
  }

  /** -1 for the root. */
  parent(node: number): number {
    return this.#parent.get(node)
  }

  /** The deepest node that both lie in or are. */
  common(a: number, b: number): number {
    // A folder has a smaller number than what lies in it.
    while (a !== b) {
      if (a > b) a = this.parent(a)
      else b = this.parent(b)
    }
    return a
  }

  /** The node below `parent` whose name is [from, to) of some bytes; -1 where there is none and none is to be made. */
  child(parent: number, bytes: Uint8Array, from: number, to: number, make: boolean): number {
    this.#children ??= this.#index()
    const known = this.#children.find(parent, bytes, from, to)
    if (known !== none || !make) return known
    const node = this.names.add(bytes, from, to)
    this.#parent.set(node, parent)
    this.#children.addAsked(node)
    this.added(node, parent)
    return node
  }

  /** Is told of every node that is made. */
  protected added(_node: number, _parent: number): void {}

  /** The node of the path in the first bytes; -1 where there is none and none is to be made. */
  resolve(path: Buffer, length: number, make: boolean): number {
    if (path[0] !== slash || length === 0) return none
    if (length === 1) return 0
    let name = length
    while (path[name - 1] !== slash) name--
    const folder = this.folder(path, name - 1, make)
    return folder === none ? none : this.child(folder, path, name, length, make)
  }

  /** The node of the folder in [0, to) of a path; 0, the root, for nothing. */
  folder(path: Buffer, to: number, make: boolean): number {
    const trail = this.#trail
    trail.backTo(path, to)
    while (trail.end < to) {
      const from = trail.end + 1
      let end = from
      while (end < to && path[end] !== slash) end++
      const node = this.child(trail.node, path, from, end, make)
      if (node === none) return none
      trail.push(path, end, node)
    }
    return trail.node
  }

  #index(): ChildIndex {
    const children = new ChildIndex(this.names, this.#parent, Math.max(this.#expected, this.size))
    for (let node = 1; node < this.size; node++) children.add(node)
    return children
  }
}
