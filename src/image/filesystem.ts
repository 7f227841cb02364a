import type { Binary } from '../probe/binary/binary.ts'
import { none } from './column.ts'
import { type EntryId, EntryTable } from './entry-table.ts'
import type { Layer } from './image.ts'
import type { Notice } from './notice.ts'
import type { PathTree } from './path-tree.ts'
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

  constructor(layers: readonly Layer[]) {
    super(layers)
    this.#stack = stackLayers(this)
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
    const here = this.#inLayer(node, layer, () => true)
    if (here !== undefined && here !== id) return true
    const isOther = (entry: EntryId) => this.kind(entry) !== 'directory'
    for (let above = this.tree.parent(node); above > 0; above = this.tree.parent(above)) {
      if (this.#inLayer(above, layer, isOther) !== undefined) return true
    }
    return false
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
    const names = this.names(id)
    if (names.length === 1) return names
    const visible = names.filter(name => this.visible(name))
    return visible.length > 0 ? visible : names
  }

  /** Whether the final image shows the content of this entry under any name. */
  live(id: EntryId): boolean {
    if (!this.hasNames(id)) return this.visible(id)
    return this.names(id).some(name => this.visible(name))
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
    let last: EntryId | undefined
    for (const name of this.names(id)) {
      const by = this.hiddenBy(name)
      if (by === undefined) return undefined
      if (last === undefined || by > last) last = by
    }
    return last
  }

  /** The name that the content's bytes hang on: the first visible one, else the first. */
  nameOf(inode: EntryId): EntryId {
    if (!this.hasNames(inode)) return inode
    const names = this.names(inode)
    return names.find(name => this.visible(name)) ?? names[0] ?? inode
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

  /** The newest entry of a layer at a node of which something holds. */
  #inLayer(node: number, layer: number, holds: (id: EntryId) => boolean): EntryId | undefined {
    for (let id = this.#stack.newest.get(node); id !== none; id = this.#stack.older.get(id)) {
      if (this.layerOf(id) === layer && holds(id)) return id
    }
    return undefined
  }
}

function defined(id: number): EntryId | undefined {
  return id === none ? undefined : id
}
