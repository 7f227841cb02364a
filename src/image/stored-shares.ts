import type { IntakePoints } from '../bytes/intake-points.ts'
import { packColumns, unpackColumns } from './column-file.ts'
import { type Columns, named, ofPart } from './columns.ts'
import type { Entries } from './entries.ts'
import { ExactNumbers } from './exact-numbers.ts'
import type { LayerIndex } from './layer-index.ts'

/** A layer's blob as it is kept and pulled. */
export interface Blob {
  /** SHA-256, `sha256:…`. */
  readonly digest: string
  /** Bytes. */
  readonly size: number
}

/**
 * What each entry of a layer costs in its blob: the bytes that the blob spends on the entry's span. One layer can be
 * stored plain, as gzip and as zstd: the shares are those of one blob. Compressed, a share is near the truth only: each
 * entry is told apart from its neighbours to a block (128 KiB of zstd, 256 KiB that zlib gives at a time), and what goes
 * changes by some bytes what its neighbours cost.
 */
export class StoredShares {
  readonly blob: Blob
  /** Bytes of the blob that are no entry's: the end blocks, and whatever follows them. Σ shares + rest = the blob's size. */
  readonly rest: number
  readonly #shares: ExactNumbers

  private constructor(blob: Blob, shares: ExactNumbers, rest: number) {
    this.blob = blob
    this.#shares = shares
    this.rest = rest
  }

  /** From where in the blob each part of the layer came. */
  static measured(entries: Entries, points: IntakePoints, blob: Blob): StoredShares {
    return StoredShares.#of(entries, points.position(), blob)
  }

  /** Of a layer that is stored as it is: the share is the span. */
  static plain({ entries, diffId, unpacked }: LayerIndex): StoredShares {
    const blob = { digest: diffId, size: unpacked }
    return StoredShares.#of(entries, offset => Math.min(offset, unpacked), blob)
  }

  static #of(entries: Entries, position: (offset: number) => number, blob: Blob): StoredShares {
    const shares = new ExactNumbers()
    let offset = 0
    let reached = 0
    for (let ordinal = 0; ordinal < entries.length; ordinal++) {
      offset += entries.span(ordinal)
      // What is rounded is the sum so far, so that nothing is lost.
      const end = Math.round(position(offset))
      shares.add(end - reached)
      reached = end
    }
    return new StoredShares(blob, shares, blob.size - reached)
  }

  /** Takes a file's bytes as `pack` gave them, which it keeps. Throws an error of some kind for anything but the whole
   *  file of shares of that blob. */
  static unpack(file: Buffer<ArrayBuffer>, digest: string): StoredShares {
    const { head, columns } = unpackColumns(file)
    const { size, rest } = head
    if (head.digest !== digest) throw new RangeError(`another blob than ${digest}`)
    if (typeof size !== 'number' || typeof rest !== 'number') throw new RangeError('no size')
    return new StoredShares({ digest, size }, ExactNumbers.fromColumns(ofPart('shares', columns)), rest)
  }

  /** As the bytes of one file, in parts. */
  pack(): Buffer[] {
    const columns: Columns = named('shares', this.#shares.columns())
    return packColumns({ ...this.blob, rest: this.rest }, columns)
  }

  /** How many entries there are. */
  get length(): number {
    return this.#shares.length
  }

  /** Bytes of the blob, by the entry's number in the layer. */
  of(ordinal: number): number {
    return this.#shares.get(ordinal)
  }
}
