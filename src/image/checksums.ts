import type { Columns } from './columns.ts'

const width = 8

/** CRC-64 of contents by ordinal, as an engine's record has them: too weak to prove a content, enough to tell two apart. */
export class Checksums {
  #known: Uint8Array = new Uint8Array(256)
  #bytes: Buffer = Buffer.alloc(256 * width)

  /** Takes columns as `columns` gave them, maybe out of a file: throws a RangeError when they do not fit together. */
  static fromColumns({ known, bytes }: Columns): Checksums {
    const fit = known instanceof Uint8Array && bytes instanceof Uint8Array && bytes.length === known.length * width
    if (!fit) throw new RangeError('no columns of checksums')
    const checksums = new Checksums()
    checksums.#known = known
    checksums.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    return checksums
  }

  /** Views of what is known now. */
  columns(): Columns {
    return { known: this.#known, bytes: this.#bytes }
  }

  /** `checksum` is 8 bytes. */
  set(ordinal: number, checksum: Buffer): void {
    if (ordinal >= this.#known.length) this.#grow(ordinal)
    checksum.copy(this.#bytes, ordinal * width, 0, width)
    this.#known[ordinal] = 1
  }

  /** 8 characters of latin1, to compare and to key by; undefined where there is none, as for an empty file. */
  get(ordinal: number): string | undefined {
    if (this.#known[ordinal] !== 1) return undefined
    return this.#bytes.toString('latin1', ordinal * width, ordinal * width + width)
  }

  #grow(ordinal: number): void {
    const known = new Uint8Array(Math.max(ordinal + 1, this.#known.length * 2))
    known.set(this.#known)
    const bytes = Buffer.alloc(known.length * width)
    this.#bytes.copy(bytes)
    this.#known = known
    this.#bytes = bytes
  }
}
