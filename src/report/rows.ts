import type { EntryId, Filesystem } from '../image/filesystem.ts'
import type { Settled } from '../savings/settle.ts'
import { byBytesThenName } from './order.ts'
import type { Report } from './schema.ts'

export type Row = Report['findings'][number]['paths'][number]

/**
 * The paths of a finding, rolled up. A folder row stands for everything with content under it, in one layer and with one
 * hiding layer; it is the highest folder of which that can be said. Σ bytes of the rows = the finding's bytes.
 */
export class Rows {
  readonly #filesystem: Filesystem
  /** By layer and hiding layer, then by node: entries with content at and under it. */
  readonly #totals = new Map<number, Int32Array>()

  constructor(filesystem: Filesystem) {
    this.#filesystem = filesystem
  }

  of({ claims, gross }: Settled): Row[] {
    const whole = new Set<EntryId>()
    const rows: Row[] = []
    for (const { entry, ranges } of claims) if (ranges === undefined) whole.add(entry)
    for (const entries of this.#apart(whole)) rows.push(...this.#rollUp(entries, gross))
    for (const [entry, bytes] of gross) if (!whole.has(entry)) rows.push(this.#fileRow(entry, bytes))
    return rows.sort(
      byBytesThenName(
        row => row.bytes,
        row => row.path,
      ),
    )
  }

  /** Entries with content by layer and hiding layer. */
  #apart(entries: Iterable<EntryId>): Iterable<EntryId[]> {
    const apart = new Map<number, EntryId[]>()
    for (const entry of entries) {
      if (!this.#hasContent(entry)) continue
      const key = this.#key(entry)
      const known = apart.get(key)
      if (known === undefined) apart.set(key, [entry])
      else known.push(entry)
    }
    return apart.values()
  }

  #rollUp(entries: readonly EntryId[], gross: ReadonlyMap<EntryId, number>): Row[] {
    const { tree } = this.#filesystem
    const [first] = entries
    if (first === undefined) return []
    const totals = this.#totalsOf(first)
    const claimed = new Int32Array(tree.size)
    for (const entry of entries) this.#count(claimed, entry)
    const rows = new Map<number, { bytes: number; count: number }>()
    const files: Row[] = []
    for (const entry of entries) {
      const bytes = gross.get(entry) ?? 0
      let folder = -1
      for (let above = tree.parent(this.#node(entry)); above !== -1; above = tree.parent(above)) {
        if (claimed[above] !== totals[above]) break
        folder = above
      }
      if (folder === -1) {
        files.push(this.#fileRow(entry, bytes))
        continue
      }
      const row = rows.get(folder) ?? { bytes: 0, count: 0 }
      rows.set(folder, { bytes: row.bytes + bytes, count: row.count + 1 })
    }
    const hiddenBy = this.#hidingLayer(first)
    const layer = this.#filesystem.layerOf(first)
    const folders = [...rows].map(
      ([node, row]): Row => ({ path: tree.path(node), kind: 'folder', layer, hiddenBy, ...row }),
    )
    return [...folders, ...files]
  }

  #totalsOf(example: EntryId): Int32Array {
    const key = this.#key(example)
    const known = this.#totals.get(key)
    if (known !== undefined) return known
    const totals = new Int32Array(this.#filesystem.tree.size)
    const { from, to } = this.#filesystem.range(this.#filesystem.layerOf(example))
    for (let entry = from; entry < to; entry++) {
      if (this.#hasContent(entry) && this.#key(entry) === key) this.#count(totals, entry)
    }
    this.#totals.set(key, totals)
    return totals
  }

  #count(counts: Int32Array, entry: EntryId): void {
    const { tree } = this.#filesystem
    for (let node = this.#node(entry); node !== -1; node = tree.parent(node)) counts[node] = (counts[node] ?? 0) + 1
  }

  #fileRow(entry: EntryId, bytes: number): Row {
    const filesystem = this.#filesystem
    return {
      path: filesystem.path(entry),
      kind: 'file',
      layer: filesystem.layerOf(entry),
      hiddenBy: this.#hidingLayer(entry),
      bytes,
      count: 1,
    }
  }

  #hasContent(entry: EntryId): boolean {
    return !this.#filesystem.isMarker(entry) && this.#filesystem.content(this.#filesystem.inode(entry)) > 0
  }

  #node(entry: EntryId): number {
    return this.#filesystem.tree.find(this.#filesystem.path(entry)) ?? 0
  }

  #hidingLayer(entry: EntryId): number | null {
    const by = this.#filesystem.hiddenBy(entry)
    return by === undefined ? null : this.#filesystem.layerOf(by)
  }

  /** One number for the layer and the hiding layer: built for every entry of a layer. */
  #key(entry: EntryId): number {
    return this.#filesystem.layerOf(entry) * 65_536 + (this.#hidingLayer(entry) ?? -1) + 1
  }
}
