import type { Filesystem } from '../image/filesystem.ts'
import { parentPath } from '../image/path.ts'

// As Linux has them (path_resolution(7)): a longer path, or more links in one, cannot be opened.
const longestPath = 4096
const mostLinks = 40

/** Where folders really are in the tree as of one layer: symlinks followed, never out of the root. */
export class RealFolders {
  readonly #filesystem: Filesystem
  readonly #layer: number
  readonly #known = new Map<string, string | undefined>([['/', '/']])
  /** The folder that was asked about last: the files of a package are listed folder by folder. */
  #folder = ''
  #real: string | undefined = ''

  constructor(filesystem: Filesystem, layer: number) {
    this.#filesystem = filesystem
    this.#layer = layer
  }

  /** `path` with the links of its folders followed, its last part left as it is; undefined where links go in a circle. */
  realPath(path: string): string | undefined {
    if (path.length > longestPath) return undefined
    const cut = path.lastIndexOf('/')
    if (cut <= 0) return path
    if (cut !== this.#folder.length || !path.startsWith(this.#folder)) {
      this.#folder = path.slice(0, cut)
      this.#real = this.#realFolder(this.#folder)
    }
    if (this.#real === this.#folder || this.#real === undefined) return this.#real === undefined ? undefined : path
    return this.#real === '/' ? path.slice(cut) : this.#real + path.slice(cut)
  }

  #realFolder(folder: string): string | undefined {
    if (this.#known.has(folder)) return this.#known.get(folder)
    const real = this.#isReal(folder) ? folder : this.#follow(folder)
    this.#known.set(folder, real)
    return real
  }

  /** Whether it is in the tree, and neither a link nor below one: most are. */
  #isReal(folder: string): boolean {
    if (this.#filesystem.tree.find(folder) === undefined || this.#target(folder) !== undefined) return false
    const above = parentPath(folder)
    return this.#realFolder(above) === above
  }

  /** Without recursion, part by part, as the kernel does: `..` behind a link leads above what it points at. */
  #follow(folder: string): string | undefined {
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
    const id = this.#filesystem.at(path, this.#layer)
    if (id === undefined) return undefined
    const inode = this.#filesystem.inode(id)
    return this.#filesystem.kind(inode) === 'symlink' ? this.#filesystem.target(inode) : undefined
  }
}
