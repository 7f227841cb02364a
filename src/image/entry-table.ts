import type { Binary } from '../probe/binary/binary.ts'
import type { PackageRecord } from '../probe/package-record.ts'
import { type Entries, firstMarker, kinds } from './entries.ts'
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
  readonly #layer: Uint16Array | Uint32Array
  /** Those columns of the layers that everything asks for, as one. */
  readonly #kind: Uint8Array
  readonly #content: Float64Array

  constructor(layers: readonly Layer[]) {
    this.layers = layers
    let count = 0
    for (const layer of layers) {
      this.#first.push(count)
      count += layer.index.entries.length
    }
    this.count = count
    this.#layer = layers.length > 2 ** 16 ? new Uint32Array(count) : new Uint16Array(count)
    this.#kind = new Uint8Array(count)
    this.#content = new Float64Array(count)
    for (const { position, index } of layers) {
      const { from, to } = this.range(position)
      this.#layer.fill(position, from, to)
      index.entries.copyTo(this.#kind, this.#content, from)
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

  mode(id: EntryId): number {
    return this.#entries(id).mode(this.ordinal(id))
  }

  uid(id: EntryId): number {
    return this.#entries(id).uid(this.ordinal(id))
  }

  gid(id: EntryId): number {
    return this.#entries(id).gid(this.ordinal(id))
  }

  /** Seconds since the epoch. */
  mtime(id: EntryId): number {
    return this.#entries(id).mtime(this.ordinal(id))
  }

  path(id: EntryId): string {
    return this.#entries(id).path(this.ordinal(id))
  }

  kind(id: EntryId): EntryKind {
    return kinds[this.#kind[id] ?? 0] ?? 'file'
  }

  /** Of a symlink as written, of a hard link absolute. */
  target(id: EntryId): string | undefined {
    return this.#entries(id).target(this.ordinal(id))
  }

  /** Bytes of content that this entry itself carries; 0 for a hard link. */
  content(id: EntryId): number {
    return this.#content[id] ?? 0
  }

  /** The package record in this file, if it is one. */
  record(id: EntryId): PackageRecord | undefined {
    return this.layers[this.layerOf(id)]?.index.facts.records.get(this.ordinal(id))
  }

  /** What is inside of this file, if it is a program, a library or an archive of them. */
  binary(id: EntryId): Binary | undefined {
    return this.layers[this.layerOf(id)]?.index.facts.binaries.get(this.ordinal(id))
  }

  isMarker(id: EntryId): boolean {
    return (this.#kind[id] ?? 0) >= firstMarker
  }

  entriesOf(position: number): Entries {
    const layer = this.layers[position]
    if (layer === undefined) throw new RangeError(`no layer ${position} in an image of ${this.layers.length}`)
    return layer.index.entries
  }

  #entries(id: EntryId): Entries {
    if (!(id < this.count)) throw new RangeError(`no entry ${id} in an image of ${this.count}`)
    return this.entriesOf(this.layerOf(id))
  }
}
