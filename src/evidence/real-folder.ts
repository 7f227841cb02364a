import { none } from '../image/column.ts'
import type { Filesystem } from '../image/filesystem.ts'
import { PathBytes } from '../image/path-bytes.ts'

// As Linux has them (path_resolution(7)): a longer path, or more links in one, cannot be opened.
const longestPath = 4096
const mostLinks = 40

const [unknown, yes, no] = [0, 1, 2]

/** Where folders really are in the tree as of one layer: symlinks followed, never out of the root. */
export class RealFolders {
  readonly #filesystem: Filesystem
  readonly #layer: number
  /** The nodes of folders that are none, or lie behind a link. */
  readonly #others = new Map<string, number>()
  /** By node: whether it is a link or lies behind one, as far as somebody asked. */
  readonly #straight: Uint8Array
  readonly #path = new PathBytes()

  constructor(filesystem: Filesystem, layer: number) {
    this.#filesystem = filesystem
    this.#layer = layer
    this.#straight = new Uint8Array(filesystem.tree.size)
    this.#straight[0] = yes
  }

  /** The node of a path, the links of its folders followed and its last part left as it is; -1 where nothing is there. */
  node(path: string): number {
    const folder = this.folder(path)
    if (folder === none) return none
    const { bytes, nameStart, length } = this.#path
    return this.#filesystem.tree.child(folder, bytes, nameStart, length, false)
  }

  /** The node of the folder that a path lies in, links followed; -1 where there is none, and where links go in a circle. */
  folder(path: string): number {
    if (path.length > longestPath || !path.startsWith('/')) return none
    this.#path.set(path)
    const { bytes, nameStart } = this.#path
    const folder = this.#filesystem.tree.folder(bytes, nameStart - 1, false)
    // Most are in the tree, and neither links nor behind one.
    if (folder !== none && this.#isStraight(folder)) return folder
    return this.#followed(path.slice(0, path.lastIndexOf('/')))
  }

  #followed(folder: string): number {
    const known = this.#others.get(folder)
    if (known !== undefined) return known
    const real = this.realFolder(folder)
    const node = (real === undefined ? undefined : this.#filesystem.tree.find(real)) ?? none
    this.#others.set(folder, node)
    return node
  }

  /** Without recursion: paths can be 2,000 deep. */
  #isStraight(node: number): boolean {
    const { tree } = this.#filesystem
    let known = node
    while (this.#straight[known] === unknown) {
      if (this.#targetOf(known) !== undefined) this.#straight[known] = no
      else known = tree.parent(known)
    }
    const straight = this.#straight[known] ?? no
    for (let below = node; below !== known; below = tree.parent(below)) this.#straight[below] = straight
    return straight === yes
  }

  /** A folder with its links followed, whether it is there or not; undefined where links go in a circle. */
  realFolder(folder: string): string | undefined {
    if (folder.length > longestPath) return undefined
    // Without recursion, part by part, as the kernel does: `..` behind a link leads above what it points at.
    const rest = folder.split('/').reverse()
    let real = ''
    let links = 0
    for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
      if (part === '' || part === '.') continue
      if (part === '..') {
        real = real.slice(0, Math.max(0, real.lastIndexOf('/')))
        continue
      }
      const next = `${real}/${part}`
      const target = this.#target(next)
      if (target === undefined) {
        real = next
        continue
      }
      links++
      if (links > mostLinks || target.length > longestPath) return undefined
      if (target.startsWith('/')) real = ''
      rest.push(...target.split('/').reverse())
    }
    return real === '' ? '/' : real
  }

  #target(path: string): string | undefined {
    const node = this.#filesystem.tree.find(path)
    return node === undefined ? undefined : this.#targetOf(node)
  }

  #targetOf(node: number): string | undefined {
    const id = this.#filesystem.atNode(node, this.#layer)
    if (id === undefined) return undefined
    const inode = this.#filesystem.inode(id)
    return this.#filesystem.kind(inode) === 'symlink' ? this.#filesystem.target(inode) : undefined
  }
}
