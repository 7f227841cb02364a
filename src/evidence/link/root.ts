import { none } from '../../image/column.ts'
import type { EntryId, Filesystem } from '../../image/filesystem.ts'
import { PathBytes } from '../../image/path-bytes.ts'

// As Linux has them (path_resolution(7)).
const longestPath = 4096
const mostLinks = 40

/**
 * Opens paths in the final image as the kernel does after a chroot: links are followed inside of it, and every part must be
 * there, those before a `..` too (`RealFolders` answers for what is not there as well).
 */
export class Root {
  readonly filesystem: Filesystem
  readonly without: ReadonlySet<EntryId>
  readonly #folders = new Map<string, Folder | undefined>()
  readonly #files = new Map<string, EntryId | undefined>()
  readonly #part = new PathBytes()

  /** `without`: files that are taken to be gone. */
  constructor(filesystem: Filesystem, without: ReadonlySet<EntryId> = new Set()) {
    this.filesystem = filesystem
    this.without = without
  }

  /** A folder by an absolute path, however it is written; undefined where there is none. */
  folder(path: string): Folder | undefined {
    const known = this.#folders.get(path)
    if (known !== undefined || this.#folders.has(path)) return known
    const node = this.node(0, path)
    const folder = node === none || !this.#isFolder(node) ? undefined : new Folder(this, path, node)
    this.#folders.set(path, folder)
    return folder
  }

  /** The file behind an absolute path, by what holds its content. */
  file(path: string): EntryId | undefined {
    const known = this.#files.get(path)
    if (known !== undefined || this.#files.has(path)) return known
    const slash = path.lastIndexOf('/')
    const file = this.folder(path.slice(0, slash) || '/')?.find(path.slice(slash + 1))
    this.#files.set(path, file)
    return file
  }

  /** The node that a path leads to from another one; -1 where there is nothing. */
  node(from: number, path: string): number {
    if (path.length > longestPath) return none
    const { tree } = this.filesystem
    const rest = path.split('/').reverse()
    let node = from
    let links = 0
    for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
      if (part === '' || part === '.') continue
      if (part === '..') {
        node = Math.max(0, tree.parent(node))
        continue
      }
      this.#part.set(part)
      const child = tree.child(node, this.#part.bytes, 0, this.#part.length, false)
      const target = child === none ? undefined : this.#target(child)
      if (child === none || (target === undefined && !this.#isThere(child))) return none
      if (target === undefined) {
        node = child
        continue
      }
      links++
      if (links > mostLinks || target.length > longestPath) return none
      if (target.startsWith('/')) node = 0
      rest.push(...target.split('/').reverse())
    }
    return node
  }

  /** What a node shows. */
  at(node: number): EntryId | undefined {
    return this.filesystem.atNode(node, this.filesystem.layers.length - 1)
  }

  #target(node: number): string | undefined {
    const id = this.at(node)
    if (id === undefined) return undefined
    const inode = this.filesystem.inode(id)
    return this.filesystem.kind(inode) === 'symlink' ? this.filesystem.target(inode) : undefined
  }

  /** A folder may have no entry of its own. */
  #isThere(node: number): boolean {
    return this.at(node) !== undefined || this.filesystem.tree.hasChildren(node)
  }

  #isFolder(node: number): boolean {
    const id = this.at(node)
    return id === undefined ? this.filesystem.tree.hasChildren(node) : this.filesystem.kind(id) === 'directory'
  }
}

/** A folder under the path by which it was opened: `$ORIGIN` of what is found in it. */
export class Folder {
  /** As written, without a slash at its end. */
  readonly path: string
  readonly node: number
  readonly #root: Root
  readonly #found = new Map<string, EntryId | undefined>()

  constructor(root: Root, path: string, node: number) {
    this.#root = root
    this.path = path === '/' ? '' : path
    this.node = node
  }

  /** The file of a name in it, links followed, by what holds its content. */
  find(name: string): EntryId | undefined {
    const known = this.#found.get(name)
    if (known !== undefined || this.#found.has(name)) return known
    const found = this.#look(name)
    this.#found.set(name, found)
    return found
  }

  #look(name: string): EntryId | undefined {
    const { filesystem } = this.#root
    const node = this.#root.node(this.node, name)
    const id = node === none ? undefined : this.#root.at(node)
    if (id === undefined) return undefined
    const inode = filesystem.inode(id)
    return filesystem.kind(inode) === 'file' && !this.#root.without.has(inode) ? inode : undefined
  }
}
