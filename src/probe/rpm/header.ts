import { decodeName } from '../../bytes/name.ts'

/** Bytes of the count of entries and of the length of the data, and of one entry of the index. */
const introSize = 8
const entrySize = 16

// rpm refuses more entries too (header.c); values, that one header does not become gigabytes of strings.
const mostEntries = 0xffff
const mostValues = 1_000_000

const types = { char: 1, int8: 2, int16: 3, int32: 4, string: 6, strings: 8, translated: 9 } as const

interface Entry {
  readonly type: number
  readonly offset: number
  readonly count: number
}

/**
 * A package's header as rpm's database has it: a count of entries and a length of data, the entries (tag, type, offset,
 * count), the data; big-endian (rpm.org, "RPM v4 header format"). What is asked for is read; a value that is not there, or
 * not of the type, is empty. Throws RangeError where the blob is cut short or points outside itself.
 */
export class RpmHeader {
  readonly #data: Buffer
  readonly #entries = new Map<number, Entry>()

  constructor(blob: Uint8Array) {
    const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength)
    const count = bytes.readUInt32BE(0)
    const length = bytes.readUInt32BE(4)
    const start = introSize + count * entrySize
    if (count > mostEntries) throw new RangeError(`a header of ${count} entries`)
    if (start + length > bytes.length) throw new RangeError(`a header of ${bytes.length} bytes that says it has more`)
    this.#data = bytes.subarray(start, start + length)
    for (let at = introSize; at < start; at += entrySize) {
      // What was added when the package was installed stands last, and counts.
      this.#entries.set(bytes.readUInt32BE(at), {
        type: bytes.readUInt32BE(at + 4),
        offset: bytes.readUInt32BE(at + 8),
        count: bytes.readUInt32BE(at + 12),
      })
    }
  }

  /** Its first string: of a translated one, the one that is not. */
  text(tag: number): string {
    return this.#strings(tag, 1)[0] ?? ''
  }

  texts(tag: number): readonly string[] {
    return this.#strings(tag, Infinity)
  }

  numbers(tag: number): readonly number[] {
    const entry = this.#entries.get(tag)
    const size = widths.get(entry?.type)
    if (entry === undefined || size === undefined) return []
    const end = entry.offset + entry.count * size
    if (end > this.#data.length || entry.count > mostValues) throw outside(tag)
    const numbers: number[] = []
    for (let at = entry.offset; at < end; at += size) numbers.push(this.#data.readUIntBE(at, size))
    return numbers
  }

  #strings(tag: number, most: number): readonly string[] {
    const entry = this.#entries.get(tag)
    if (entry === undefined || !isText(entry.type)) return []
    const count = Math.min(most, entry.count)
    if (count > mostValues) throw outside(tag)
    let end = entry.offset
    for (let read = 0; read < count; read++) {
      end = this.#data.indexOf(0, end) + 1
      if (end === 0) throw outside(tag)
    }
    // All at once: a package has 10,000 names.
    return count === 0 ? [] : decodeName(this.#data.subarray(entry.offset, end - 1)).split('\0')
  }
}

const widths = new Map<number | undefined, number>([
  [types.char, 1],
  [types.int8, 1],
  [types.int16, 2],
  [types.int32, 4],
])

function isText(type: number): boolean {
  return type === types.string || type === types.strings || type === types.translated
}

function outside(tag: number): RangeError {
  return new RangeError(`a header whose tag ${tag} points outside it`)
}
