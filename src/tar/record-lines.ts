import { fault } from './fault.ts'

/** Bytes of one line. A header with its extensions has 16 MiB at most, and base64 makes four of three. */
const longestLine = 32 * 1024 * 1024

const newline = 0x0a

/** Told where a line lies in `bytes`, which are valid during the call only. */
export type OnLine = (bytes: Buffer, from: number, to: number) => void

/** Cuts a layer's record into its lines, as it passes. Throws ARCHIVE_INVALID for a line that no record has. */
export class RecordLines {
  /** The beginning of a line, in the pieces that it came in. */
  #rest: Buffer[] = []
  #length = 0

  push(chunk: Buffer, onLine: OnLine): void {
    const first = chunk.indexOf(newline)
    if (first === -1) {
      this.#keep(chunk)
      return
    }
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([...this.#rest, chunk])
    let to = first + this.#length
    this.#rest = []
    this.#length = 0
    let from = 0
    for (; to !== -1; to = bytes.indexOf(newline, from)) {
      onLine(bytes, from, to)
      from = to + 1
    }
    this.#keep(bytes.subarray(from))
  }

  /** A last line that nothing ends. */
  end(onLine: OnLine): void {
    if (this.#length > 0) onLine(Buffer.concat(this.#rest), 0, this.#length)
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#rest.push(Buffer.from(bytes))
    this.#length += bytes.length
    if (this.#length > longestLine) throw damagedRecord(`a line of over ${longestLine} bytes`)
  }
}

export function damagedRecord(what: string): Error {
  return fault('ARCHIVE_INVALID', `the layer's record is damaged: it has ${what}`)
}
