import type { EntryId, Filesystem } from '../image/filesystem.ts'
import { Marks } from '../image/marks.ts'
import type { Settled } from '../savings/settle.ts'
import { plus, type StoredBytes, type StoredCosts } from '../savings/stored-costs.ts'
import { byBytesThenName } from './order.ts'
import type { Report } from './schema.ts'

export type Row = Report['findings'][number]['paths'][number]

/** Claimed entries of one finding with content, all of one layer and one hiding layer, and the bytes of each. */
interface Group {
  readonly key: number
  readonly rows: Row[]
  readonly entries: EntryId[]
  readonly bytes: number[]
}

/**
 * The paths of findings, rolled up. A folder row stands for everything with content under it, in one layer and with one
 * hiding layer; it is the highest folder of which that can be said, and of those that hold nothing else the lowest. A file
 * alone has its own row. Σ bytes of the rows = the finding's bytes.
 */
export function rowsOf(filesystem: Filesystem, findings: readonly Settled[], costs: StoredCosts): Row[][] {
  return new Rows(filesystem, costs).of(findings)
}

class Rows {
  readonly #filesystem: Filesystem
  readonly #costs: StoredCosts
  readonly #claimed: Marks
  /** By entry: what it holds of the finding at hand. */
  readonly #bytes: Float64Array

  constructor(filesystem: Filesystem, costs: StoredCosts) {
    this.#filesystem = filesystem
    this.#costs = costs
    this.#claimed = new Marks(filesystem.count)
    this.#bytes = new Float64Array(filesystem.count)
  }

  of(findings: readonly Settled[]): Row[][] {
    const rows: Row[][] = []
    const groups: Group[] = []
    for (const finding of findings) {
      const own: Row[] = []
      rows.push(own)
      for (const group of this.#apart(finding, own)) groups.push(group)
    }
    this.#rollUp(groups)
    const order = byBytesThenName<Row>(
      row => row.bytes,
      row => row.path,
    )
    for (const own of rows) own.sort(order)
    return rows
  }

  /** Entries that a finding claims whole, by layer and hiding layer; the others have a row each. */
  #apart({ claims, gross }: Settled, rows: Row[]): Iterable<Group> {
    const groups = new Map<number, Group>()
    let group: Group | undefined
    this.#claimed.clear()
    gross.forEach((entry, bytes) => {
      this.#bytes[entry] = bytes
    })
    for (const { entry, ranges } of claims) {
      if (ranges !== undefined || !this.#claimed.add(entry) || !this.#hasContent(entry)) continue
      const key = this.#key(entry)
      if (group?.key !== key) {
        group = groups.get(key) ?? { key, rows, entries: [], bytes: [] }
        groups.set(key, group)
      }
      group.entries.push(entry)
      group.bytes.push(this.#bytes[entry] ?? 0)
    }
    gross.forEach((entry, bytes) => {
      this.#bytes[entry] = 0
      if (!this.#claimed.has(entry)) rows.push(this.#fileRow(entry, bytes))
    })
    return groups.values()
  }

  /** Groups of one layer and hiding layer together, so that what there is of them is counted once and not kept. */
  #rollUp(groups: Group[]): void {
    const totals = new Int32Array(this.#filesystem.tree.size)
    const claimed = new Int32Array(this.#filesystem.tree.size)
    let key: number | undefined
    for (const group of groups.sort((a, b) => a.key - b.key)) {
      if (group.key !== key) this.#countAll(totals.fill(0), group)
      key = group.key
      this.#count(claimed.fill(0), group.entries)
      this.#addRows(group, totals, claimed)
    }
  }

  #addRows({ rows, entries, bytes }: Group, totals: Int32Array, claimed: Int32Array): void {
    const { tree } = this.#filesystem
    const folders = new Map<number, Row>()
    for (let at = 0; at < entries.length; at++) {
      const entry = entries[at] ?? 0
      const held = bytes[at] ?? 0
      let folder = -1
      for (let above = tree.parent(this.#filesystem.node(entry)); above !== -1; above = tree.parent(above)) {
        const all = totals[above] ?? 0
        if (claimed[above] !== all) break
        // Of folders that hold the same, the lowest says most: /wheels rather than /.
        if (folder === -1 || all > (totals[folder] ?? 0)) folder = above
      }
      const row = folders.get(folder)
      if (folder === -1 || totals[folder] === 1) rows.push(this.#fileRow(entry, held))
      else if (row === undefined) {
        folders.set(folder, { ...this.#fileRow(entry, held), path: tree.path(folder), kind: 'folder' })
      } else {
        row.bytes += held
        row.stored = plus(row.stored ?? undefined, this.#stored(entry, held)) ?? null
        row.count++
      }
    }
    for (const row of folders.values()) rows.push(row)
  }

  /** All entries of the layer and hiding layer of a group. */
  #countAll(counts: Int32Array, { key, entries: [example = 0] }: Group): void {
    const { from, to } = this.#filesystem.range(this.#filesystem.layerOf(example))
    const all: EntryId[] = []
    for (let entry = from; entry < to; entry++) {
      if (this.#key(entry) === key && this.#hasContent(entry)) all.push(entry)
    }
    this.#count(counts, all)
  }

  /** Entries at and under each node; those of one folder, which stand together, go up together. */
  #count(counts: Int32Array, entries: readonly EntryId[]): void {
    const { tree } = this.#filesystem
    let folder = -1
    let waiting = 0
    const goUp = () => {
      for (let node = folder; node !== -1; node = tree.parent(node)) counts[node] = (counts[node] ?? 0) + waiting
    }
    for (const entry of entries) {
      const above = tree.parent(this.#filesystem.node(entry))
      if (above !== folder) {
        goUp()
        folder = above
        waiting = 0
      }
      waiting++
    }
    goUp()
  }

  #fileRow(entry: EntryId, bytes: number): Row {
    const filesystem = this.#filesystem
    return {
      path: filesystem.path(entry),
      kind: 'file',
      layer: filesystem.layerOf(entry),
      hiddenBy: this.#hidingLayer(entry),
      bytes,
      stored: this.#stored(entry, bytes) ?? null,
      count: 1,
    }
  }

  #stored(entry: EntryId, bytes: number): StoredBytes {
    return this.#costs.part(this.#filesystem.inode(entry), 0, bytes)
  }

  #hasContent(entry: EntryId): boolean {
    return !this.#filesystem.isMarker(entry) && this.#filesystem.content(this.#filesystem.inode(entry)) > 0
  }

  #hidingLayer(entry: EntryId): number | null {
    const by = this.#filesystem.hiddenBy(entry)
    return by === undefined ? null : this.#filesystem.layerOf(by)
  }

  /** One number for the layer and the hiding layer: built for every entry of a layer. */
  #key(entry: EntryId): number {
    return this.#filesystem.layerOf(entry) * (this.#filesystem.layers.length + 1) + (this.#hidingLayer(entry) ?? -1) + 1
  }
}
