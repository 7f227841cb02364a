import type { Range } from './range.ts'

/** Names of sections are few and short: 4 KiB is 150 of them, and only linked files are looked at. */
const reach = 4096
const own = Buffer.from('\0.shstrtab\0')
/** memchr finds it twice as fast as the whole name. */
const needle = own.subarray(1, 7)
const mostKept = 16

/** Whether this is a string table of section names that `SectionNames` finds: it names itself. */
export function isNameTable(table: Buffer): boolean {
  return table.length <= reach && table.includes(own)
}

interface Kept extends Range {
  readonly bytes: Buffer
  length: number
}

/**
 * Keeps the string table of section names out of bytes that pass. lld lays it down before the symbols' strings, so it is
 * gone when the section table, at the end of the file, says where it was; it is known by its own name in it.
 */
export class SectionNames {
  readonly #range: Range
  /** The last bytes that passed, one run of `reach` or more where there were as many. */
  #before = Buffer.alloc(0)
  #position: number
  #kept: Kept[] = []

  constructor(range: Range) {
    this.#range = range
    this.#position = range.start
  }

  /** The next offset that it wants. */
  get wanted(): number {
    return this.#position < this.#range.end ? this.#position : Infinity
  }

  push(chunk: Buffer, at: number): void {
    const from = Math.max(this.#position, at)
    const to = Math.min(at + chunk.length, this.#range.end)
    if (from >= to) return
    const bytes = chunk.subarray(from - at, to - at)
    for (const kept of this.#kept) fill(kept, bytes, from)
    this.#look(bytes, from)
    this.#position = to
  }

  /** The bytes of a table, when they were kept. */
  table(range: Range): Buffer | undefined {
    for (const { start, length, bytes } of this.#kept) {
      if (range.start < start || range.end > start + length) continue
      const table = bytes.subarray(range.start - start, range.end - start)
      if (isNameTable(table)) return table
    }
    return undefined
  }

  #look(bytes: Buffer, from: number): void {
    const seam = Buffer.concat([this.#before.subarray(-needle.length + 1), bytes.subarray(0, needle.length - 1)])
    const seamStart = from - Math.min(this.#before.length, needle.length - 1)
    const inSeam = seam.indexOf(needle)
    if (inSeam !== -1) this.#keep(seamStart + inSeam, bytes, from)
    for (let hit = bytes.indexOf(needle); hit !== -1; hit = bytes.indexOf(needle, hit + needle.length))
      this.#keep(from + hit, bytes, from)
    const tail = bytes.length >= reach ? bytes.subarray(-reach) : Buffer.concat([this.#before, bytes]).subarray(-reach)
    this.#before = Buffer.from(tail)
  }

  #keep(hit: number, bytes: Buffer, from: number): void {
    const start = Math.max(hit - reach, from - this.#before.length)
    const end = Math.min(hit + reach, this.#range.end)
    const kept = { start, end, bytes: Buffer.allocUnsafe(end - start), length: 0 }
    fill(kept, this.#before, from - this.#before.length)
    fill(kept, bytes, from)
    this.#kept.push(kept)
    if (this.#kept.length > mostKept) this.#kept.shift()
  }
}

/** Adds what follows without a gap. */
function fill(kept: Kept, bytes: Buffer, from: number): void {
  const at = kept.start + kept.length
  if (at < from || at >= from + bytes.length) return
  kept.length += bytes.copy(kept.bytes, kept.length, at - from, Math.min(kept.end - from, bytes.length))
}
