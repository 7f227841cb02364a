/** The way to the folder that was asked for last, part by part: what lies next to each other lies in one folder. */
export class Trail {
  #bytes: Buffer = Buffer.alloc(256)
  /** By depth: where the part ends, and its node. */
  readonly #ends: number[] = []
  readonly #nodes: number[] = []
  #depth = 0

  /** Goes back to the deepest folder on the way that a path lies in, or is; `to` is where the path ends. */
  backTo(path: Buffer, to: number): void {
    const length = Math.min(this.end, to)
    let shared = 0
    while (shared < length && path[shared] === this.#bytes[shared]) shared++
    while (this.#depth > 0 && !(this.end <= shared && this.#parts(path, this.end, to))) this.#depth--
  }

  /** How much of the path leads to `node`. */
  get end(): number {
    return this.#depth === 0 ? 0 : (this.#ends[this.#depth - 1] ?? 0)
  }

  /** The deepest folder that is known; 0, the root, where none is. */
  get node(): number {
    return this.#depth === 0 ? 0 : (this.#nodes[this.#depth - 1] ?? 0)
  }

  /** Goes on to a folder: the part of `path` up to `end` is its name. */
  push(path: Buffer, end: number, node: number): void {
    const from = this.end
    if (end > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], end * 2)
    path.copy(this.#bytes, from, from, end)
    this.#ends[this.#depth] = end
    this.#nodes[this.#depth] = node
    this.#depth++
  }

  #parts(path: Buffer, end: number, to: number): boolean {
    return end === to || path[end] === 0x2f
  }
}
