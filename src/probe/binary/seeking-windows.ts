import type { SeekableBytes } from '../../bytes/bytes.ts'
import type { Range } from './range.ts'
import { isNameTable } from './section-names.ts'
import { isAhead, Queue, type Taker, type Windows } from './windows.ts'

/** Bytes read at once: tables lie close to each other, and libc.a has 2,000 members of five small ones. */
const blockSize = 8 * 1024

/** Reads what is looked at, and what lies right behind it. */
export class SeekingWindows implements Windows {
  readonly size: number
  position = 0
  readonly #content: SeekableBytes
  readonly #wanted = new Queue<Range & { readonly then: Taker }>()
  #watched: Range = { start: 0, end: 0 }
  readonly #memory = Buffer.allocUnsafe(blockSize)
  /** What was read last, and where it lies. */
  #block = Buffer.alloc(0)
  #blockAt = 0

  constructor(content: SeekableBytes) {
    this.size = content.size
    this.#content = content
  }

  want({ start, end }: Range, then: Taker): void {
    if (isAhead({ start, end }, this)) this.#wanted.add({ start, end, then })
    else then(undefined)
  }

  watch(range: Range): void {
    this.#watched = range
  }

  watched(range: Range): Buffer | undefined {
    if (range.start < this.#watched.start || range.end > this.#watched.end) return undefined
    const table = this.#read(range.start, Math.min(range.end, range.start + 8192))
    return isNameTable(table) ? table : undefined
  }

  /** Hands out all that is asked for. */
  run(): void {
    for (let next = this.#wanted.shift(); next !== undefined; next = this.#wanted.shift()) {
      const { start, end, then } = next
      this.position = end
      then({ start, end, read: (from, to) => this.#read(from, to) })
    }
  }

  #read(start: number, end: number): Buffer {
    if (end - start > blockSize) {
      const bytes = Buffer.allocUnsafe(end - start)
      return bytes.subarray(0, this.#content.read(start, bytes))
    }
    if (start < this.#blockAt || end > this.#blockAt + this.#block.length) {
      this.#blockAt = start
      this.#block = this.#memory.subarray(0, this.#content.read(start, this.#memory))
    }
    return Buffer.from(this.#block.subarray(start - this.#blockAt, end - this.#blockAt))
  }
}
