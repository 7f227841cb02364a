import { constants } from 'node:buffer'
import { decodeName } from '../bytes/name.ts'
import { ImgauditError } from '../error.ts'
import { type Columns, grown } from './columns.ts'

/** Bytes of all names: where one ends is a number of 32 bits, and a Buffer is no longer either. */
const most = Math.min(constants.MAX_LENGTH, 2 ** 32 - 1)

/** Names by number, their bytes one behind the other: as strings, a million of them take four times as much. */
export class Names {
  #count = 0
  #bytes: Buffer
  /** By number: where its bytes end. They begin where those of the name before it end. */
  #end: Uint32Array

  /** `expected`: how many names there will be, as far as known. */
  constructor(expected = 0) {
    const capacity = Math.max(8, expected)
    this.#bytes = Buffer.alloc(capacity * 16)
    this.#end = new Uint32Array(capacity)
  }

  /** Takes columns as they are; throws a RangeError when they do not fit together. */
  static fromColumns({ bytes, end }: Columns): Names {
    if (!(bytes instanceof Uint8Array) || !(end instanceof Uint32Array)) throw new RangeError('no columns of names')
    let before = 0
    for (let name = 0; name < end.length; name++) {
      const at = end[name] ?? 0
      if (at < before) throw new RangeError(`name ${name} ends at ${at}, before it begins at ${before}`)
      before = at
    }
    if (before !== bytes.length) throw new RangeError(`names of ${before} bytes in ${bytes.length}`)
    const names = new Names()
    names.#count = end.length
    names.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    names.#end = end
    return names
  }

  columns(): { readonly bytes: Uint8Array; readonly end: Uint32Array } {
    const { buffer, byteOffset } = this.#bytes
    const bytes = new Uint8Array(buffer, byteOffset, this.end(this.#count - 1))
    return { bytes, end: this.#end.subarray(0, this.#count) }
  }

  get length(): number {
    return this.#count
  }

  /** The bytes of all names, to be read from `start` to `end` of one; another array after each `add`. */
  get bytes(): Buffer {
    return this.#bytes
  }

  start(name: number): number {
    return this.end(name - 1)
  }

  end(name: number): number {
    return this.#end[name] ?? 0
  }

  /** Adds the name in [from, to) of some bytes, and answers with its number. */
  add(bytes: Uint8Array, from: number, to: number): number {
    const name = this.#count++
    const start = this.end(name - 1)
    const end = start + to - from
    if (name === this.#end.length) this.#end = grown(this.#end, new Uint32Array(name * 2))
    if (end > this.#bytes.length) {
      if (end > most) throw tooLong()
      this.#bytes = grown(this.#bytes, Buffer.alloc(Math.min(most, Math.max(end, start * 2))))
    }
    // A call of `set` costs more than the bytes of most names.
    for (let at = start; at < end; at++) this.#bytes[at] = bytes[from + at - start] ?? 0
    this.#end[name] = end
    return name
  }

  is(name: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.start(name)
    if (this.end(name) - start !== to - from) return false
    for (let at = from; at < to; at++) if (this.#bytes[start + at - from] !== bytes[at]) return false
    return true
  }

  text(name: number): string {
    return textOf(this.#bytes, this.start(name), this.end(name))
  }
}

/** The name in [from, to) of some bytes, as `decodeName` gives it. */
export function textOf(bytes: Buffer, from: number, to: number): string {
  for (let at = from; at < to; at++) if ((bytes[at] ?? 0) >= 0x80) return decodeName(bytes.subarray(from, to))
  return bytes.toString('latin1', from, to)
}

function tooLong(): ImgauditError {
  const message = `names of one layer have more than ${most} bytes: no more can be held, whatever the limits`
  return new ImgauditError('LIMIT', message, 'look at them with: tar -tf <layer>')
}
