import type { Binary } from '../probe/binary/binary.ts'
import { none } from './column.ts'
import { type EntryId, EntryTable } from './entry-table.ts'
import type { Layer } from './image.ts'
import type { Notice } from './notice.ts'
import type { PathTree } from './path-tree.ts'
import { Replacing } from './replacing.ts'
import { type Stack, stackLayers } from './stack.ts'

export type { EntryId } from './entry-table.ts'

/**
 * All layers stacked, nothing forgotten: what is visible, what lies under it, who hid it.
 *
 *      layer 2        whiteout /a            /b (file)
 *      layer 1   /a/x (file)           /b (folder)  /b/y (file)
 *      layer 0   /a/x (file)  /a/z
 *
 *      /a/x of 0 is hidden by /a/x of 1 (replaced), that of 1 by the whiteout (removed); /b/y by the file /b (replaced).
 *
 * Markers act on lower layers only, wherever they stand in their tar. Paths are lexical: what overlayfs shows.
 */
export class Filesystem extends EntryTable {
  readonly #stack: Stack
  readonly #replacing: Replacing
  /** By the entry that holds the content: a content can have a million names, and each of them is asked about. */
  readonly #countedNames = new Map<EntryId, readonly EntryId[]>()
  readonly #contentHiddenBy = new Map<EntryId, EntryId>()

  constructor(layers: readonly Layer[]) {
    super(layers)
    this.#stack = stackLayers(this)
    this.#replacing = new Replacing(this, this.#stack)
  }

  get tree(): PathTree {
    return this.#stack.tree
  }

  get notices(): readonly Notice[] {
    return this.#stack.notices
  }

  /** The entry's place in the tree; -1 for a marker of a path that no lower layer has. */
  node(id: EntryId): number {
    return this.#stack.node.get(id)
  }

  /** Whether the final image shows this entry at its path. */
  visible(id: EntryId): boolean {
    return this.#stack.hiddenBy.get(id) === none && !this.isMarker(id)
  }

  /** The entry or marker that hid it. */
  hiddenBy(id: EntryId): EntryId | undefined {
    return defined(this.#stack.hiddenBy.get(id))
  }

  /** Whether what hid it put something in its place: an entry at its path, or no directory at one above; else it was
   *  removed. */
  replaced(id: EntryId): boolean {
    const by = this.hiddenBy(id)
    if (by === undefined) return false
    const layer = this.layerOf(by)
    const node = this.node(id)
    const here = this.#replacing.newest(node, layer)
    return (here !== none && here !== id) || this.#replacing.isOther(this.tree.parent(node), layer)
  }

  /** The entry before it at the same path, in a lower layer or earlier in its own. */
  older(id: EntryId): EntryId | undefined {
    return defined(this.#stack.older.get(id))
  }

  /** The entry that holds the content that this one names: itself unless it is a hard link. */
  inode(id: EntryId): EntryId {
    const inode = this.#stack.linked.get(id)
    return inode === none ? id : inode
  }

  /** Whether its content has several names. */
  hasNames(id: EntryId): boolean {
    return this.#stack.linked.get(id) !== none
  }

  /** All names of the same content, in tar order. */
  names(id: EntryId): readonly EntryId[] {
    return this.#stack.names.get(this.inode(id)) ?? [this.inode(id)]
  }

  /** The names that keep a content in the image: the visible ones, all of them where none is visible. */
  countedNames(id: EntryId): readonly EntryId[] {
    if (!this.hasNames(id)) return this.names(id)
    const inode = this.inode(id)
    const known = this.#countedNames.get(inode)
    if (known !== undefined) return known
    const names = this.names(id)
    const visible = names.filter(name => this.visible(name))
    const counted = visible.length === 0 || visible.length === names.length ? names : visible
    this.#countedNames.set(inode, counted)
    return counted
  }

  /** Whether the final image shows the content of this entry under any name. */
  live(id: EntryId): boolean {
    if (!this.hasNames(id)) return this.visible(id)
    const [first] = this.countedNames(id)
    return first !== undefined && this.visible(first)
  }

  /** What is inside of every content that the image shows, in tar order whatever order a source read them in. */
  *liveBinaries(): Iterable<readonly [EntryId, Binary]> {
    for (const { position, index } of this.layers) {
      const { from } = this.range(position)
      for (const [ordinal, binary] of [...index.facts.binaries].sort(([a], [b]) => a - b))
        if (this.live(from + ordinal)) yield [from + ordinal, binary]
    }
  }

  /** For content that is not live: what hid its last name. */
  contentHiddenBy(id: EntryId): EntryId | undefined {
    if (!this.hasNames(id)) return this.hiddenBy(id)
    if (this.live(id)) return undefined
    const inode = this.inode(id)
    const known = this.#contentHiddenBy.get(inode)
    if (known !== undefined) return known
    let last: EntryId | undefined
    for (const name of this.names(id)) {
      const by = this.hiddenBy(name)
      if (by === undefined) return undefined
      if (last === undefined || by > last) last = by
    }
    if (last !== undefined) this.#contentHiddenBy.set(inode, last)
    return last
  }

  /** The name that the content's bytes hang on: the first visible one, else the first. */
  nameOf(inode: EntryId): EntryId {
    if (!this.hasNames(inode)) return inode
    return this.countedNames(inode)[0] ?? inode
  }

  /** The entry that the image shows at a path, as of a layer (the last unless told). */
  at(path: string, upToLayer = this.layers.length - 1): EntryId | undefined {
    const node = this.tree.find(path)
    return node === undefined ? undefined : this.atNode(node, upToLayer)
  }

  /** The entry that the image shows at a place in the tree, as of a layer. */
  atNode(node: number, upToLayer: number): EntryId | undefined {
    for (let id = this.#stack.newest.get(node); id !== none; id = this.#stack.older.get(id)) {
      if (this.layerOf(id) > upToLayer) continue
      const by = this.hiddenBy(id)
      return by !== undefined && this.layerOf(by) <= upToLayer ? undefined : id
    }
    return undefined
  }

  /** Every entry at a path, newest first, markers left out. */
  copies(path: string): EntryId[] {
    const node = this.tree.find(path)
    return node === undefined ? [] : this.#chain(node)
  }

  /** Every entry below a folder, hidden ones included, markers left out; the folder itself is not. */
  *under(folder: string): Iterable<EntryId> {
    const node = this.tree.find(folder)
    if (node === undefined) return
    for (const below of this.tree.below(node)) {
      for (let id = this.#stack.newest.get(below); id !== none; id = this.#stack.older.get(id)) yield id
    }
  }

  #chain(node: number): EntryId[] {
    const chain: EntryId[] = []
    for (let id = this.#stack.newest.get(node); id !== none; id = this.#stack.older.get(id)) chain.push(id)
    return chain
  }
}

function defined(id: number): EntryId | undefined {
  return id === none ? undefined : id
}
