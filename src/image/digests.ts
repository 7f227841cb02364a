import type { Columns } from './columns.ts'

const width = 32

/** SHA-256 digests of contents by ordinal, 36 bytes each: hexadecimal strings would take four times as much. */
export class Digests {
  /** By ordinal: 1 + the place of its digest, 0 where there is none. */
  #place: Uint32Array = new Uint32Array(16)
  #bytes: Buffer = Buffer.alloc(4 * width)
  #count = 0
  #length = 0

  /** Takes columns as `columns` gave them, maybe out of a file: throws a RangeError when they do not fit together. */
  static fromColumns({ place, bytes }: Columns): Digests {
    if (!(place instanceof Uint32Array) || !(bytes instanceof Uint8Array)) throw new RangeError('no columns of digests')
    const count = bytes.length / width
    if (!Number.isInteger(count)) throw new RangeError(`digests of ${bytes.length} bytes`)
    for (let ordinal = 0; ordinal < place.length; ordinal++) {
      if ((place[ordinal] ?? 0) > count)
        throw new RangeError(`entry ${ordinal} has digest ${place[ordinal]} of ${count}`)
    }
    const digests = new Digests()
    digests.#place = place
    digests.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    digests.#count = count
    digests.#length = place.length
    return digests
  }

  /** How many contents have one. */
  get count(): number {
    return this.#count
  }

  /** Views of what is known now. */
  columns(): Columns {
    const { buffer, byteOffset } = this.#bytes
    return {
      place: this.#place.subarray(0, this.#length),
      bytes: new Uint8Array(buffer, byteOffset, this.#count * width),
    }
  }

  has(ordinal: number): boolean {
    return (this.#place[ordinal] ?? 0) > 0
  }

  /** `digest` is 32 bytes. */
  set(ordinal: number, digest: Buffer): void {
    let place = this.#place[ordinal] ?? 0
    if (place === 0) {
      // Columns out of a file are full, and so copied before they are changed.
      if (this.#count * width === this.#bytes.length || ordinal >= this.#place.length) this.#grow(ordinal)
      place = ++this.#count
      this.#place[ordinal] = place
      this.#length = Math.max(this.#length, ordinal + 1)
    }
    digest.copy(this.#bytes, (place - 1) * width, 0, width)
  }

  /** 32 characters of latin1, to compare and to key by; undefined where the content was not looked at. */
  get(ordinal: number): string | undefined {
    const place = this.#place[ordinal] ?? 0
    return place === 0 ? undefined : this.#bytes.toString('latin1', (place - 1) * width, place * width)
  }

  #grow(ordinal: number): void {
    const place = new Uint32Array(Math.max(ordinal + 1, this.#place.length * 2))
    place.set(this.#place)
    const bytes = Buffer.alloc(Math.max(4 * width, this.#bytes.length * 2))
    this.#bytes.copy(bytes)
    this.#place = place
    this.#bytes = bytes
  }
}
