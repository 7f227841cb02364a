import { Column, none } from './column.ts'
import type { Entries } from './entries.ts'
import type { Entry } from './entry.ts'
import { NameTree } from './name-tree.ts'
import { baseName, parentPath } from './path.ts'
import { PathBytes } from './path-bytes.ts'

/** So many links Linux follows in one path (MAXSYMLINKS). */
const mostLinks = 40
/** Letters of all their targets together: Linux takes no longer path (PATH_MAX). */
const longestTargets = 4096

/** So many parts of paths are walked for a layer, and so many more for each entry that it has; an honest one needs a tenth.
 *  One that leads every entry through forty long links takes hours else, and gets the notice of what lies below a link. */
const mostParts = 1_000_000
const partsPerEntry = 100

/** A folder of the layer, and its node among the links; none where no link lies in it. */
interface Place {
  readonly path: string
  readonly node: number
}

/**
 * The symlinks that a layer has brought so far. An entry below one of them lands where it leads: engines unpack a layer into
 * a folder, and follow what lies there by then (Docker and Podman in a chroot, containerd and umoci by walks of their own).
 * Overlayfs engines do not see the links of lower layers there, and so they are not followed.
 */
export class LayerLinks {
  readonly #entries: Entries
  readonly #tree = new NameTree()
  /** By node: the ordinal of the link that stands there. */
  readonly #ordinal = new Column()
  readonly #name = new PathBytes()
  /** The folder that was asked for last, and where it leads. */
  #folder: string | undefined
  #place: Place = { path: '/', node: none }
  #parts = 0

  constructor(entries: Entries) {
    this.#entries = entries
  }

  /** Where an entry or marker that comes now lands. `path` is absolute and clean. */
  follow(path: string): string {
    if (this.#tree.size === 1) return path
    const folder = parentPath(path)
    const into = this.#placeOf(folder).path
    if (into === folder) return path
    return into === '/' ? `/${baseName(path)}` : `${into}/${baseName(path)}`
  }

  /** Learns of the entry that was added last: a link, another name of one, or what takes the place of one. */
  add({ path, kind, target = '' }: Entry, ordinal: number): void {
    if (kind === 'whiteout' || kind === 'opaque' || (kind !== 'symlink' && this.#tree.size === 1)) return
    const link = kind === 'symlink' ? ordinal : kind === 'hardlink' ? this.#at(target) : none
    if (link === none && this.#at(path) === none) return
    this.#ordinal.set(this.#tree.add(path), link)
    this.#folder = undefined
  }

  /** The ordinal of the link at a path that `follow` gave. */
  #at(path: string): number {
    const { node } = this.#placeOf(parentPath(path))
    const there = node === none ? none : this.#child(node, baseName(path))
    return there === none ? none : this.#ordinal.get(there)
  }

  #placeOf(folder: string): Place {
    if (folder !== this.#folder) {
      this.#place = this.#walk(folder) ?? { path: folder, node: none }
      this.#folder = folder
    }
    return this.#place
  }

  /** Part by part, as the kernel goes; undefined where it gives up. */
  #walk(folder: string): Place | undefined {
    if (this.#parts > mostParts + partsPerEntry * this.#entries.length) this.#parts = Number.POSITIVE_INFINITY
    if (this.#parts === Number.POSITIVE_INFINITY) return undefined
    const ahead = folder.split('/').reverse()
    const way: { readonly name: string; readonly node: number }[] = []
    let links = 0
    let letters = 0
    for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
      this.#parts++
      if (name === '' || name === '.') continue
      if (name === '..') {
        way.pop()
        continue
      }
      const above = way.at(-1)?.node ?? 0
      const node = above === none ? none : this.#child(above, name)
      // No link lies below, and the rest of the folder's own path is clean.
      if (node === none && links === 0) return { path: folder, node: none }
      const link = node === none ? none : this.#ordinal.get(node)
      if (link === none) {
        way.push({ name, node })
        continue
      }
      const target = this.#entries.target(link) ?? ''
      letters += target.length
      if (++links > mostLinks || letters > longestTargets) return undefined
      if (target.startsWith('/')) way.length = 0
      ahead.push(...target.split('/').reverse())
    }
    return { path: `/${way.map(({ name }) => name).join('/')}`, node: way.at(-1)?.node ?? 0 }
  }

  #child(folder: number, name: string): number {
    this.#name.set(name)
    return this.#tree.child(folder, this.#name.bytes, 0, this.#name.length, false)
  }
}
