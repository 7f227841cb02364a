import type { TarEnd, TarReader } from './read.ts'
import { damagedRecord, type OnLine, RecordLines } from './record-lines.ts'

/** What a record says of a content that the archive has at `start`: how many bytes, and their CRC-64 (8 bytes, ISO
 *  polynomial, big-endian), which is valid during the call only. */
export type OnContent = (start: number, size: number, checksum: Buffer) => void

const quote = 0x22
const rawHead = Buffer.from('{"type":2,"payload":"')
const placeHead = Buffer.from('{"type":1,')
const typeAt = '{"type":'.length
const payloadKey = Buffer.from(',"payload":"')
const sizeKey = Buffer.from('"size":')

/**
 * Replays an archive out of the record that engines keep of each layer (vbatts/tar-split, tar/storage/entry.go): lines
 * of JSON, inflated, whose entries are either bytes of the archive as they were (type 2: headers and padding, base64) or
 * the place of a content (type 1: size and CRC-64). `reader` gets all bytes but the contents, and must want none of these.
 * Throws ARCHIVE_INVALID for lines of another form and for contents that no header announces.
 */
export class TarSplitReader {
  readonly #tar: TarReader
  readonly #onContent: OnContent
  #at = 0
  #wanted = 0
  readonly #lines = new RecordLines()
  #scratch = Buffer.allocUnsafe(64 * 1024)
  readonly #checksum = Buffer.allocUnsafe(8)

  constructor(tar: TarReader, onContent: OnContent) {
    this.#tar = tar
    this.#onContent = onContent
  }

  push(chunk: Buffer): void {
    this.#lines.push(chunk, this.#line)
  }

  /** Answers with the length of the archive too, in bytes. */
  end(): TarEnd & { readonly size: number } {
    this.#lines.end(this.#line)
    return { ...this.#tar.end(this.#at), size: this.#at }
  }

  /** The two usual forms are read without a parser: a million lines of 700 bytes each go through here. */
  readonly #line: OnLine = (bytes, from, to) => {
    // The number of the type: a million lines are told apart by one byte.
    const type = bytes[from + typeAt]
    if (type === 0x32 && starts(bytes, rawHead, from)) {
      const start = from + rawHead.length
      const end = bytes.indexOf(quote, start)
      if (end !== -1 && end < to) {
        this.#segment(bytes, start, end)
        return
      }
    }
    if (type === 0x31 && starts(bytes, placeHead, from) && this.#place(bytes, from, to)) return
    if (to > from) this.#entry(parsed(bytes.toString('utf8', from, to)))
  }

  /** From the end of the line, since a name may hold anything; no name has a quote that is not escaped. */
  #place(bytes: Buffer, from: number, to: number): boolean {
    const at = bytes.lastIndexOf(payloadKey, to)
    let digits = at
    while ((bytes[digits - 1] ?? 0) >= 48 && (bytes[digits - 1] ?? 0) <= 57) digits--
    if (digits - sizeKey.length < from || at - digits > 15 || !starts(bytes, sizeKey, digits - sizeKey.length))
      return false
    const start = at + payloadKey.length
    if (digits === at || bytes[start + 12] !== quote) return false
    if (this.#checksum.write(bytes.toString('latin1', start, start + 12), 'base64') !== 8) return false
    this.#content(Number(bytes.toString('latin1', digits, at)), this.#checksum)
    return true
  }

  #entry(entry: RecordEntry): void {
    const { type, size, payload } = entry
    if (type === 2) {
      const bytes = Buffer.from(payload, 'latin1')
      this.#segment(bytes, 0, bytes.length)
    } else if (size > 0) this.#content(size, Buffer.from(payload, 'base64'))
  }

  #segment(bytes: Buffer, start: number, end: number): void {
    const text = bytes.toString('latin1', start, end)
    if (text.length > this.#scratch.length) this.#scratch = Buffer.allocUnsafe(text.length * 2)
    const length = this.#scratch.write(text, 'base64')
    if (length === 0) return
    if (this.#at + length > this.#wanted) this.#wanted = this.#tar.push(this.#scratch.subarray(0, length), this.#at)
    this.#at += length
  }

  #content(size: number, checksum: Buffer): void {
    if (checksum.length !== 8) throw damagedRecord(`a checksum of ${checksum.length} bytes`)
    this.#onContent(this.#at, size, checksum)
    this.#at += size
    if (this.#wanted < this.#at) throw damagedRecord(`a content at offset ${this.#at - size} that no header announces`)
  }
}

function starts(bytes: Buffer, what: Buffer, at: number): boolean {
  const end = at + what.length
  return end <= bytes.length && bytes.compare(what, 0, what.length, at, end) === 0
}

interface RecordEntry {
  readonly type: 1 | 2
  readonly size: number
  readonly payload: string
}

function parsed(line: string): RecordEntry {
  let entry: unknown
  try {
    entry = JSON.parse(line)
  } catch {
    throw damagedRecord(`a line that is no JSON: ${JSON.stringify(line.slice(0, 60))}`)
  }
  const { type, size, payload } = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>
  const fits = (type === 1 || type === 2) && (size === undefined || (Number.isSafeInteger(size) && Number(size) >= 0))
  if (!fits || (payload !== null && typeof payload !== 'string')) throw damagedRecord('an entry of an unknown form')
  return { type, size: Number(size ?? 0), payload: payload ?? '' }
}
