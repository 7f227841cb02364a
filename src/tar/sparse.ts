import { blockSize } from '../bytes/check-header.ts'
import { fault } from './fault.ts'
import { checkSize, type Dialect } from './header.ts'
import type { SparseRun } from './member.ts'
import { readNumber } from './number.ts'

/** Reads decimal numbers, each ended by `separator`, from bytes that come in pieces. */
export class Decimals {
  readonly #separator: number
  readonly #offset: number
  readonly numbers: number[] = []
  #value = 0
  #digits = 0

  /** `offset`: where the header stands in the archive, for errors. */
  constructor(separator: number, offset: number) {
    this.#separator = separator
    this.#offset = offset
  }

  /** Reads [at, end) of `buffer`, but no further than `wanted()` numbers; ARCHIVE_INVALID for what is no number. */
  push(buffer: Buffer, at: number, end: number, wanted: () => number): void {
    for (let i = at; i < end && this.numbers.length < wanted(); i++) {
      const byte = buffer[i] ?? 0
      if (byte === this.#separator) this.#finish()
      else if (byte >= 48 && byte <= 57) this.#digit(byte - 48)
      else throw this.#fault()
    }
  }

  /** All numbers of `value`, the last of which needs no separator. */
  read(value: Buffer): number[] {
    this.push(value, 0, value.length, () => Number.POSITIVE_INFINITY)
    if (this.#digits > 0) this.#finish()
    return this.numbers
  }

  #digit(digit: number): void {
    this.#value = this.#value * 10 + digit
    this.#digits++
    if (!Number.isSafeInteger(this.#value)) throw this.#fault()
  }

  #finish(): void {
    if (this.#digits === 0) throw this.#fault()
    this.numbers.push(this.#value)
    this.#value = 0
    this.#digits = 0
  }

  #fault(): Error {
    return fault('ARCHIVE_INVALID', `the sparse map at offset ${this.#offset} has something that is no number`)
  }
}

/** Offsets and lengths in turn, read out of blocks. `push` takes one block and answers whether another is needed. */
export interface SparseMap {
  readonly numbers: readonly number[]
  push(buffer: Buffer, at: number): boolean
}

/**
 * The map of GNU's format 1.0, which stands in front of the data, in blocks: how many runs, then offset and length of
 * each, a line each.
 */
export class LineMap implements SparseMap {
  readonly #decimals: Decimals

  constructor(offset: number) {
    this.#decimals = new Decimals(10, offset)
  }

  get numbers(): readonly number[] {
    return this.#decimals.numbers.slice(1)
  }

  push(buffer: Buffer, at: number): boolean {
    const { numbers } = this.#decimals
    const wanted = () => 1 + 2 * (numbers[0] ?? 1)
    this.#decimals.push(buffer, at, at + blockSize, wanted)
    return numbers.length < wanted()
  }
}

/** Where the header of a sparse file ('S') has its runs, and where the headers that continue it do. */
const layouts = {
  gnu: { runs: 386, count: 4, more: 482, size: 483 },
  star: { runs: 356, count: 4, more: 355, size: 452 },
  more: { runs: 0, count: 21, more: 504 },
}

/** The map of GNU's old format, and star's, in the header itself and in blocks that follow it. */
export class HeaderMap implements SparseMap {
  readonly numbers: number[] = []
  readonly #offset: number
  readonly #layout: 'gnu' | 'star'
  #first = true

  constructor(dialect: Dialect, offset: number) {
    this.#layout = dialect === 'star' ? 'star' : 'gnu'
    this.#offset = offset
  }

  /** Logical size of the file in bytes, out of its header. */
  size(buffer: Buffer, at: number): number {
    return checkSize(readNumber(buffer, at + layouts[this.#layout].size, 12), this.#offset)
  }

  push(buffer: Buffer, at: number): boolean {
    const { runs, count, more } = layouts[this.#first ? this.#layout : 'more']
    this.#first = false
    for (let i = 0; i < count; i++) {
      const run = at + runs + i * 24 // offset 12, length 12
      if (buffer[run] === 0) break // so Go and libarchive; GNU tar looks at the length
      for (const field of [run, run + 12]) this.numbers.push(checkSize(readNumber(buffer, field, 12), this.#offset))
    }
    return (buffer[at + more] ?? 0) !== 0
  }
}

/**
 * Runs out of offsets and lengths in turn. ARCHIVE_INVALID unless they are in order, inside the `content` bytes of the
 * file, and as long together as what is stored: Go's archive/tar, and so every engine, unpacks neither a shorter nor a
 * longer one.
 */
export function toRuns(numbers: readonly number[], content: number, stored: number, offset: number): SparseRun[] {
  const runs: SparseRun[] = []
  let end = 0
  let total = 0
  for (let i = 0; i < numbers.length; i += 2) {
    const run = { offset: numbers[i] ?? 0, length: numbers[i + 1] ?? Number.NaN }
    total += run.length
    const sound = run.offset >= end && run.offset + run.length <= content
    if (!sound) throw misfit(offset)
    end = run.offset + run.length
    // A file that ends with a hole has an empty run at its end.
    if (run.length > 0) runs.push(run)
  }
  if (total !== stored) throw misfit(offset)
  return runs
}

function misfit(offset: number): Error {
  return fault('ARCHIVE_INVALID', `the sparse map at offset ${offset} does not fit its file`)
}
