import { createHash } from 'node:crypto'
import type { EntryKind } from '../../src/image/entry.ts'
import type { EntryId, Filesystem } from '../../src/image/filesystem.ts'
import { parentPath } from '../../src/image/path.ts'
import type { WideLayer } from '../wide-stack.ts'
import { contentOf } from '../wide-tar.ts'
import type { Seen, VisibleTree } from './visible-trees.ts'

/** Where what we say of a stack and what a kernel shows are not the same, a line each. */
export function differences(
  layers: readonly WideLayer[],
  filesystem: Filesystem,
  tree: VisibleTree,
  options: Options = {},
): string[] {
  return [...new Comparison(layers, filesystem, tree, options).differences()]
}

interface Options {
  /** Not where an engine changes those of a folder whenever it puts something into it. */
  readonly folderAttributes?: boolean
}

/** Content bytes of a tree, each inode once: what a layer's engine would count of it. */
function bytesSeen(tree: VisibleTree): number {
  const sizes = new Map<string, number>()
  for (const { kind, inode, size } of tree.values()) if (kind === 'f' || kind === 'l') sizes.set(inode, size)
  return [...sizes.values()].reduce((sum, size) => sum + size, 0)
}

const letters: Partial<Record<EntryKind, string>> = { file: 'f', directory: 'd', symlink: 'l', fifo: 'p' }

class Comparison {
  readonly #layers: readonly WideLayer[]
  readonly #filesystem: Filesystem
  readonly #tree: VisibleTree
  /** By path of a folder: the newest layer that has something below it, which makes the folder anew. */
  readonly #made = new Map<string, number>()

  readonly #folderAttributes: boolean

  constructor(
    layers: readonly WideLayer[],
    filesystem: Filesystem,
    tree: VisibleTree,
    { folderAttributes = true }: Options,
  ) {
    this.#folderAttributes = folderAttributes
    this.#layers = layers
    this.#filesystem = filesystem
    this.#tree = tree
    for (let id = 0; id < filesystem.count; id++) {
      const path = filesystem.path(id)
      const folder = filesystem.kind(id) === 'opaque' ? path : parentPath(path)
      for (let at = folder; at !== '/'; at = parentPath(at)) this.#made.set(at, filesystem.layerOf(id))
    }
  }

  *differences(): Iterable<string> {
    const shown = new Map<string, EntryId>()
    const folders = new Set<string>()
    for (let id = 0; id < this.#filesystem.count; id++) {
      const path = this.#filesystem.path(id)
      if (!this.#filesystem.visible(id) || path === '/') continue
      shown.set(path, id)
      for (let at = parentPath(path); at !== '/'; at = parentPath(at)) folders.add(at)
    }
    for (const [path, id] of shown) {
      const seen = this.#tree.get(path)
      if (seen === undefined) yield `${JSON.stringify(path)} is not there`
      else yield* this.#entry(path, id, seen)
    }
    for (const path of folders)
      if (!shown.has(path) && this.#tree.get(path)?.kind !== 'd') yield `${JSON.stringify(path)} is no folder`
    for (const [path, { kind }] of this.#tree) {
      // A folder that nothing but markers or hidden entries make is no entry of ours.
      if (shown.has(path) || folders.has(path) || (kind === 'd' && this.#made.has(path))) continue
      yield `${JSON.stringify(path)} (${kind}) is there too`
    }
    const live = this.#liveBytes()
    const bytes = bytesSeen(this.#tree)
    if (live !== bytes) yield `${live} bytes are live, but ${bytes} can be seen`
  }

  *#entry(path: string, id: EntryId, seen: Seen): Iterable<string> {
    const filesystem = this.#filesystem
    const inode = filesystem.inode(id)
    const kind = filesystem.kind(inode)
    const expected: Partial<Seen> = { kind: letters[kind] ?? seen.kind }
    const { mode, uid, gid, mtime } = filesystem.entry(id)
    const names = filesystem.names(id)
    if (kind === 'file') Object.assign(expected, { size: filesystem.content(inode), digest: this.#digest(inode) })
    if (kind === 'symlink')
      Object.assign(expected, { size: filesystem.content(inode), target: filesystem.target(inode) })
    const isLatest = (this.#made.get(path) ?? 0) <= filesystem.layerOf(id)
    const isOwn = kind !== 'directory' || (this.#folderAttributes && isLatest)
    if (isOwn && names.length === 1) Object.assign(expected, { uid, gid, mtime }, kind === 'symlink' ? {} : { mode })
    for (const [key, value] of Object.entries(expected)) {
      const got = seen[key as keyof Seen]
      if (got !== value) yield `${JSON.stringify(path)}: ${key} ${value}, but ${got} can be seen`
    }
    const ours = names.filter(name => filesystem.visible(name)).map(name => filesystem.path(name))
    const theirs = [...this.#tree].filter(([, other]) => other.kind !== 'd' && other.inode === seen.inode)
    if (
      kind !== 'directory' &&
      ours.sort().join() !==
        theirs
          .map(([name]) => name)
          .sort()
          .join()
    )
      yield `${JSON.stringify(path)} is ${JSON.stringify(ours)}, but ${JSON.stringify(theirs.map(([name]) => name))} are one`
  }

  #digest(id: EntryId): string {
    const member = this.#layers[this.#filesystem.layerOf(id)]?.[this.#filesystem.ordinal(id)]
    return createHash('sha256')
      .update(member === undefined ? '' : contentOf(member))
      .digest('hex')
  }

  #liveBytes(): number {
    let bytes = 0
    for (let id = 0; id < this.#filesystem.count; id++)
      if (this.#filesystem.live(id)) bytes += this.#filesystem.content(id)
    return bytes
  }
}
