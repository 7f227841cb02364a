import { Column, none } from './column.ts'
import type { EntryId, EntryTable } from './entry-table.ts'
import type { Notice } from './notice.ts'
import { NoticeList } from './notice-list.ts'
import { Occupied } from './occupied.ts'
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
  readonly notices: readonly Notice[]
}

/** Stacks layers, base first. */
export function stackLayers(table: EntryTable): Stack {
  const stacking = new Stacking(table)
  for (const { position } of table.layers) stacking.add(position)
  return stacking
}

/** Where hard links lead that lead nowhere. */
interface Astray {
  /** Until what one of them names turns up in a lower layer. */
  still: boolean
}

class Stacking implements Stack {
  readonly tree: PathTree
  readonly node: Column
  readonly older: Column
  readonly hiddenBy: Column
  readonly linked: Column
  readonly names = new Map<EntryId, EntryId[]>()
  readonly newest: Column
  readonly #notices = new NoticeList()
  readonly #table: EntryTable
  /** By node: the entry that the layers so far show there. */
  readonly #shown: Column
  readonly #occupied: Occupied
  /** Node of the folder that took the last entry: nothing above it is other than a folder. */
  #folder = none
  /** Folders that whiteouts of this layer have emptied. */
  readonly #emptied = new Set<number>()
  /** Hard links of this layer that lead nowhere so far, each with those that lead to the same end: nobody goes there again. */
  readonly #astray = new Map<EntryId, Astray>()
  /** By node: what the layers below this one have there last. */
  readonly #below = new Map<number, EntryId>()

  constructor(table: EntryTable) {
    this.#table = table
    this.tree = new PathTree(table.count)
    this.newest = new Column(table.count)
    this.#shown = new Column(table.count)
    this.#occupied = new Occupied(this.tree, table.count)
    this.node = new Column(table.count)
    this.older = new Column(table.count)
    this.hiddenBy = new Column(table.count)
    this.linked = new Column(table.count)
  }

  /** Markers first: they hide what lower layers show, whatever their place in the tar; then entries in tar order; then the
   *  folders of markers, in whose way entries can have cleared something. */
  add(position: number): void {
    this.#folder = none
    this.#emptied.clear()
    this.#astray.clear()
    this.#below.clear()
    const { from, to } = this.#table.range(position)
    const placing = new Placing(this.tree, this.#table.entriesOf(position))
    for (let id = from; id < to; id++) if (this.#table.isMarker(id)) this.#mark(id, placing.find(id - from))
    const early: EntryId[] = []
    for (let id = from; id < to; id++) {
      if (this.#table.isMarker(id)) continue
      this.#place(id, placing.add(id - from))
      if (this.#table.kind(id) === 'hardlink' && !this.#link([id], from)) early.push(id)
    }
    for (let id = from; id < to; id++) {
      if (this.#table.isMarker(id)) this.#makeMarkerFolders(id, from, placing.folderOf(id - from))
    }
    for (const id of early) this.#linkForward(id, from, position)
    // Links that stand before their target were tied late.
    for (const inode of new Set(early.map(id => this.#inode(id)))) this.names.get(inode)?.sort((a, b) => a - b)
  }

  get notices(): readonly Notice[] {
    return this.#notices.all()
  }

  #mark(id: EntryId, node: number): void {
    if (node === none) return
    this.node.set(id, node)
    const isWhiteout = this.#table.kind(id) === 'whiteout'
    if (isWhiteout) this.#hide(node, id)
    let hidden = false
    for (const below of this.#occupied.clear(node)) hidden = this.#hide(below, id) || hidden
    if (!hidden) return
    if (isWhiteout) this.#emptied.add(node)
    else if (node === 0)
      this.#notice(
        'opaque-root',
        `layer ${this.#table.layerOf(id)} has an opaque marker in the root folder, which overlayfs ignores and other engines obey`,
      )
  }

  #place(id: EntryId, node: number): void {
    const parent = this.tree.parent(node)
    if (parent !== this.#folder) this.#makeFolders(parent, id)
    this.#hide(node, id)
    if (this.#table.kind(id) !== 'directory') {
      if (this.tree.hasChildren(node)) {
        for (const below of this.#occupied.clear(node)) this.#hide(below, id)
        this.#folder = none
      }
    } else if (this.#emptied.delete(node)) {
      const what = `layer ${this.#table.layerOf(id)} removes the folder ${this.#table.path(id)} and adds it again`
      this.#notice('whiteout-beside-folder', `${what}: engines differ in whether lower layers still show in it`)
    }
    this.node.set(id, node)
    this.older.set(id, this.newest.get(node))
    this.newest.set(node, id)
    this.#shown.set(node, id)
    this.#occupied.add(node)
  }

  /** An entry below something that is no folder makes folders of its own, and so hides it. */
  #makeFolders(parent: number, by: EntryId): void {
    for (let above = parent; above > 0; above = this.tree.parent(above)) {
      const shown = this.#shown.get(above)
      if (shown === none || this.#table.kind(shown) === 'directory') continue
      this.#hide(above, by)
      this.#notice(
        'below-link',
        `${this.#table.path(by)} lies below ${this.tree.path(above)}, which is no folder: engines differ in what they show`,
      )
    }
    this.#folder = parent
  }

  /** So does a marker, where it hides nothing else, but it has no say in what its own layer has. */
  #makeMarkerFolders(id: EntryId, from: EntryId, folder: number): void {
    for (let above = folder; above > 0; above = this.tree.parent(above)) {
      const shown = this.#shown.get(above)
      if (shown === none || shown >= from || this.#table.kind(shown) === 'directory') continue
      this.#hide(above, id)
      this.#notice(
        'below-link',
        `a marker for ${this.#table.path(id)} lies below ${this.tree.path(above)}, which is no folder: engines differ in what they show`,
      )
    }
  }

  /** Whether there was something to hide. */
  #hide(node: number, by: EntryId): boolean {
    const shown = this.#shown.get(node)
    if (shown === none) return false
    this.hiddenBy.set(shown, by)
    this.#shown.set(node, none)
    return true
  }

  #notice(code: string, message: string): void {
    this.#notices.add(code, message)
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
    if (this.linked.get(id) !== none || this.#linkBelow(id, position)) return
    const chain = [id]
    const seen = new Set(chain)
    while (!this.#link(chain, from)) {
      const next = this.#target(chain.at(-1) ?? none, from)
      const known = next === undefined ? undefined : this.#astray.get(next)
      if (next === undefined || seen.has(next) || known?.still === true) {
        const end = known?.still === true ? known : { still: true }
        for (const link of chain) this.#astray.set(link, end)
        this.#notice('dangling-hard-link', `${this.#linking(id)}, which is not there`)
        return
      }
      chain.push(next)
      seen.add(next)
    }
  }

  /**
   * A hard link whose target only a lower layer has by then is another name of that content; false where none has. What an
   * earlier marker removed is gone: of the engines that take such a link at all (umoci, Docker's vfs driver), none finds it.
   */
  #linkBelow(id: EntryId, position: number): boolean {
    const node = this.tree.find(this.#table.target(id) ?? '')
    let below = node === undefined ? none : this.newest.get(node)
    if (node !== undefined && below !== none) below = this.#belowLayer(node, below, position)
    const by = below === none ? none : this.hiddenBy.get(below)
    if (below === none || (by !== none && by < id) || this.#table.kind(below) === 'directory') return false
    this.#join(id, this.#inode(below))
    const leading = this.#astray.get(id)
    if (leading !== undefined) leading.still = false
    this.#notice('hard-link-across-layers', `${this.#linking(id)}, which only a lower layer has`)
    return true
  }

  #belowLayer(node: number, newest: EntryId, position: number): EntryId {
    let below = this.#below.get(node) ?? newest
    while (below !== none && this.#table.layerOf(below) >= position) below = this.older.get(below)
    this.#below.set(node, below)
    return below
  }

  #linking(id: EntryId): string {
    return `layer ${this.#table.layerOf(id)} links ${this.#table.path(id)} to ${this.#table.target(id) ?? ''}`
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
