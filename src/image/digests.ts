/** SHA-256 digests of contents by ordinal, 33 bytes each: hexadecimal strings would take four times as much. */
export class Digests {
  #known = new Uint8Array(256)
  #bytes = Buffer.alloc(256 * 32)

  has(ordinal: number): boolean {
    return this.#known[ordinal] === 1
  }

  /** `digest` is 32 bytes. */
  set(ordinal: number, digest: Buffer): void {
    if (ordinal >= this.#known.length) this.#grow(ordinal)
    digest.copy(this.#bytes, ordinal * 32, 0, 32)
    this.#known[ordinal] = 1
  }

  /** 32 characters of latin1, to compare and to key by; undefined where the content was not looked at. */
  get(ordinal: number): string | undefined {
    return this.has(ordinal) ? this.#bytes.toString('latin1', ordinal * 32, ordinal * 32 + 32) : undefined
  }

  #grow(ordinal: number): void {
    const capacity = Math.max(ordinal + 1, this.#known.length * 2)
    const known = new Uint8Array(capacity)
    known.set(this.#known)
    const bytes = Buffer.alloc(capacity * 32)
    this.#bytes.copy(bytes)
    this.#known = known
    this.#bytes = bytes
  }
}
