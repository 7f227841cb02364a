import { Column, none } from './column.ts'
import type { EntryId, EntryTable } from './entry-table.ts'
import type { Notice } from './notice.ts'
import { PathTree } from './path-tree.ts'
import { Placing } from './placing.ts'

/** What stacking the layers of an image gives, in columns by entry. */
export interface Stack {
  readonly tree: PathTree
  /** Node of the entry's path; none for a marker whose path no lower layer knows. */
  readonly node: Column
  /** The entry before it at the same path, in a lower layer or earlier in its own. */
  readonly older: Column
  readonly hiddenBy: Column
  /** Of contents with several names: the entry that holds the content, itself or what a hard link points at. */
  readonly linked: Column
  /** All names of contents that have several, in tar order, by the entry that holds the content. */
  readonly names: ReadonlyMap<EntryId, readonly EntryId[]>
  /** By node: the newest entry, markers left out. */
  readonly newest: Column
  readonly notices: Notice[]
}

/** Stacks layers, base first. */
export function stackLayers(table: EntryTable): Stack {
  const stacking = new Stacking(table)
  for (const { position } of table.layers) stacking.add(position)
  return stacking
}

class Stacking implements Stack {
  readonly tree: PathTree
  readonly node: Column
  readonly older: Column
  readonly hiddenBy: Column
  readonly linked: Column
  readonly names = new Map<EntryId, EntryId[]>()
  readonly newest: Column
  readonly notices: Notice[] = []
  readonly #table: EntryTable
  /** By node: the entry that the layers so far show there. */
  readonly #shown: Column
  /** Node of the folder that took the last entry: nothing above it is other than a folder. */
  #folder = none

  constructor(table: EntryTable) {
    this.#table = table
    this.tree = new PathTree(table.count)
    this.newest = new Column(table.count)
    this.#shown = new Column(table.count)
    this.node = new Column(table.count)
    this.older = new Column(table.count)
    this.hiddenBy = new Column(table.count)
    this.linked = new Column(table.count)
  }

  /** Two passes: markers hide what lower layers show, whatever their place in the tar; then entries in tar order. */
  add(position: number): void {
    this.#folder = none
    const { from, to } = this.#table.range(position)
    const placing = new Placing(this.tree, this.#table.entriesOf(position))
    for (let id = from; id < to; id++) if (this.#table.isMarker(id)) this.#mark(id, placing.find(id - from))
    const early: EntryId[] = []
    for (let id = from; id < to; id++) {
      if (this.#table.isMarker(id)) continue
      this.#place(id, placing.add(id - from))
      if (this.#table.kind(id) === 'hardlink' && !this.#link([id], from)) early.push(id)
    }
    for (const id of early) this.#linkForward(id, from, position)
    // Links that stand before their target were tied late.
    for (const inode of new Set(early.map(id => this.#inode(id)))) this.names.get(inode)?.sort((a, b) => a - b)
  }

  #mark(id: EntryId, node: number): void {
    if (node === none) return
    this.node.set(id, node)
    if (this.#table.kind(id) === 'whiteout') this.#hide(node, id)
    for (const below of this.tree.below(node)) this.#hide(below, id)
  }

  #place(id: EntryId, node: number): void {
    const parent = this.tree.parent(node)
    if (parent !== this.#folder) this.#makeFolders(parent, id)
    this.#hide(node, id)
    if (this.#table.kind(id) !== 'directory' && this.tree.hasChildren(node)) {
      for (const below of this.tree.below(node)) this.#hide(below, id)
      this.#folder = none
    }
    this.node.set(id, node)
    this.older.set(id, this.newest.get(node))
    this.newest.set(node, id)
    this.#shown.set(node, id)
  }

  /** An entry below something that is no folder makes folders of its own, and so hides it. */
  #makeFolders(parent: number, by: EntryId): void {
    for (let above = parent; above > 0; above = this.tree.parent(above)) {
      const shown = this.#shown.get(above)
      if (shown === none || this.#table.kind(shown) === 'directory') continue
      this.#hide(above, by)
      this.notices.push({
        code: 'below-link',
        message: `${this.#table.path(by)} lies below ${this.tree.path(above)}, which is no folder: engines differ in what they show`,
      })
    }
    this.#folder = parent
  }

  #hide(node: number, by: EntryId): void {
    const shown = this.#shown.get(node)
    if (shown === none) return
    this.hiddenBy.set(shown, by)
    this.#shown.set(node, none)
  }

  /** The entry of this layer that a hard link names, so far. */
  #target(link: EntryId, from: EntryId): EntryId | undefined {
    const node = this.tree.find(this.#table.target(link) ?? '')
    const target = node === undefined ? none : this.newest.get(node)
    return target < from || target === link || this.#table.kind(target) === 'directory' ? undefined : target
  }

  /** Ties a chain of hard links, of which each names the next, to what the last one names; false when that is no content
   *  of this layer (yet). */
  #link(chain: readonly EntryId[], from: EntryId): boolean {
    const target = this.#target(chain.at(-1) ?? none, from)
    const inode = target === undefined ? none : this.#inode(target)
    if (inode === none || this.#table.kind(inode) === 'hardlink') return false
    for (const id of chain) this.#join(id, inode)
    return true
  }

  /** A hard link that stands before its target, maybe through others that do. */
  #linkForward(id: EntryId, from: EntryId, position: number): void {
    if (this.linked.get(id) !== none) return
    const chain = [id]
    const seen = new Set(chain)
    while (!this.#link(chain, from)) {
      const next = this.#target(chain.at(-1) ?? none, from)
      if (next === undefined || seen.has(next)) {
        this.#linkBelow(id, position)
        return
      }
      chain.push(next)
      seen.add(next)
    }
  }

  /** A hard link whose target only a lower layer has is another name of that content. */
  #linkBelow(id: EntryId, position: number): void {
    const target = this.#table.target(id) ?? ''
    const node = this.tree.find(target)
    let below = node === undefined ? none : this.newest.get(node)
    while (below !== none && this.#table.layerOf(below) >= position) below = this.older.get(below)
    const by = below === none ? none : this.hiddenBy.get(below)
    const there = below !== none && (by === none || this.#table.layerOf(by) >= position)
    if (there && this.#table.kind(below) !== 'directory') this.#join(id, this.#inode(below))
    this.notices.push({
      code: there ? 'hard-link-across-layers' : 'dangling-hard-link',
      message: `layer ${position} links ${this.#table.path(id)} to ${target}, which ${there ? 'only a lower layer has' : 'no layer has'}`,
    })
  }

  #inode(id: EntryId): EntryId {
    const inode = this.linked.get(id)
    return inode === none ? id : inode
  }

  #join(id: EntryId, inode: EntryId): void {
    this.linked.set(id, inode)
    this.linked.set(inode, inode)
    const names = this.names.get(inode)
    if (names === undefined) this.names.set(inode, [inode, id])
    else names.push(id)
  }
}
