import type { PackageRecord } from '../probe/package-record.ts'
import type { Entries } from './entries.ts'
import type { Entry, EntryKind } from './entry.ts'
import type { Layer } from './image.ts'

/** One entry of the image: entries of all layers are numbered through, base layer first, tar order within a layer. */
export type EntryId = number

/** The entries of all layers by their number in the image. */
export class EntryTable {
  readonly layers: readonly Layer[]
  /** Entries of all layers, markers included. */
  readonly count: number
  readonly #first: number[] = []
  readonly #layer: Uint16Array

  constructor(layers: readonly Layer[]) {
    this.layers = layers
    let count = 0
    for (const layer of layers) {
      this.#first.push(count)
      count += layer.index.entries.length
    }
    this.count = count
    this.#layer = new Uint16Array(count)
    for (const { position } of layers) {
      const { from, to } = this.range(position)
      this.#layer.fill(position, from, to)
    }
  }

  layerOf(id: EntryId): number {
    return this.#layer[id] ?? 0
  }

  /** The entry's number within its layer. */
  ordinal(id: EntryId): number {
    return id - (this.#first[this.layerOf(id)] ?? 0)
  }

  /** The ids of one layer: [from, to). */
  range(position: number): { readonly from: EntryId; readonly to: EntryId } {
    const from = this.#first[position] ?? 0
    return { from, to: from + (this.layers[position]?.index.entries.length ?? 0) }
  }

  entry(id: EntryId): Entry {
    return this.#entries(id).at(this.ordinal(id))
  }

  path(id: EntryId): string {
    return this.#entries(id).path(this.ordinal(id))
  }

  kind(id: EntryId): EntryKind {
    return this.#entries(id).kind(this.ordinal(id))
  }

  /** Of a symlink as written, of a hard link absolute. */
  target(id: EntryId): string | undefined {
    return this.#entries(id).target(this.ordinal(id))
  }

  /** Bytes of content that this entry itself carries; 0 for a hard link. */
  content(id: EntryId): number {
    return this.#entries(id).content(this.ordinal(id))
  }

  /** The package record in this file, if it is one. */
  record(id: EntryId): PackageRecord | undefined {
    return this.layers[this.layerOf(id)]?.index.facts.records.get(this.ordinal(id))
  }

  isMarker(id: EntryId): boolean {
    const kind = this.kind(id)
    return kind === 'whiteout' || kind === 'opaque'
  }

  #entries(id: EntryId): Entries {
    const layer = this.layers[this.layerOf(id)]
    if (layer === undefined) throw new RangeError(`no entry ${id} in an image of ${this.count}`)
    return layer.index.entries
  }
}
