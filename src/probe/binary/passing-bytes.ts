/** Chunks below it are put together, so that many small ones cost no more than a large one. Bytes. */
const small = 4096

/** The end of bytes that passed, as far back as it is kept, and the chunk that is there now. Offsets are the file's. */
export class PassingBytes {
  /** What is kept of chunks that are gone: [#from, #to) of it. */
  #store = Buffer.alloc(0)
  #from = 0
  #to = 0
  #chunk: Buffer = Buffer.alloc(0)
  #chunkAt = 0

  get begin(): number {
    return this.#chunkAt - (this.#to - this.#from)
  }

  get end(): number {
    return this.#chunkAt + this.#chunk.length
  }

  /** `chunk` is valid until `keepFrom`. What it does not follow on is dropped. */
  add(chunk: Buffer, at: number): void {
    if (at !== this.end) [this.#from, this.#to] = [0, 0]
    this.#chunk = chunk
    this.#chunkAt = at
    if (this.#from < this.#to && chunk.length < small) this.#append()
  }

  /** Lets go of what lies before `at`, and of the chunk. */
  keepFrom(at: number): void {
    if (at > this.#chunkAt) {
      const skipped = Math.min(at - this.#chunkAt, this.#chunk.length)
      this.#chunk = this.#chunk.subarray(skipped)
      this.#chunkAt += skipped
    }
    if (at >= this.#chunkAt) [this.#from, this.#to] = [0, 0]
    else this.#from += Math.max(0, at - this.begin)
    this.#append()
  }

  has(from: number, to: number): boolean {
    return from >= this.begin && to <= this.end
  }

  /** Bytes [from, to), all of them there; valid until the next chunk. */
  slice(from: number, to: number): Buffer {
    const at = this.#chunkAt
    if (from >= at) return this.#chunk.subarray(from - at, to - at)
    const kept = this.#store.subarray(this.#to - (at - from), this.#to - Math.max(0, at - to))
    return to <= at ? kept : Buffer.concat([kept, this.#chunk.subarray(0, to - at)])
  }

  /** The byte at an offset that is there. */
  at(offset: number): number {
    const at = this.#chunkAt
    const byte = offset >= at ? this.#chunk[offset - at] : this.#store[this.#to - (at - offset)]
    return byte ?? 0
  }

  /** Where `needle` begins at `from` or behind, and before `to`; Infinity where nowhere. */
  indexOf(needle: Buffer, from: number, to: number): number {
    const at = this.#chunkAt
    const last = Math.min(to + needle.length - 1, this.end)
    if (from < at) {
      const found = this.slice(from, Math.max(from, Math.min(at + needle.length - 1, last))).indexOf(needle)
      if (found !== -1) return from + found
    }
    const chunk = last < this.end ? this.#chunk.subarray(0, Math.max(0, last - at)) : this.#chunk
    const found = chunk.indexOf(needle, Math.max(0, from - at))
    return found === -1 ? Infinity : at + found
  }

  /** Takes the chunk over. */
  #append(): void {
    const bytes = this.#chunk
    const length = this.#to - this.#from
    if (this.#to + bytes.length > this.#store.length) {
      const roomy = Buffer.allocUnsafe(2 * (length + bytes.length))
      this.#store.copy(roomy, 0, this.#from, this.#to)
      this.#store = roomy
      ;[this.#from, this.#to] = [0, length]
    }
    bytes.copy(this.#store, this.#to)
    this.#to += bytes.length
    this.#chunkAt += bytes.length
    this.#chunk = bytes.subarray(bytes.length)
  }
}
