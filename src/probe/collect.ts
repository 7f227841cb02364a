import { decodeName } from '../bytes/name.ts'
import type { Reader } from '../bytes/reader.ts'
import type { PackageRecord } from './package-record.ts'
import type { Probe } from './probe.ts'

/** A probe whose readers can say why there is no record. */
export interface RecordProbe extends Probe<PackageRecord> {
  begin(path: string, content: number): Collector
}

/** How one format is told by path, and what its bytes say: undefined where they are not what the name promises. */
interface Format {
  readonly id: PackageRecord['kind']
  /** Called for every file of an image. */
  wants(path: string): boolean
  parse(text: string, path: string): PackageRecord | undefined
  /** Bytes; a larger file is left unread. 64 MiB unless told. */
  readonly limit?: number
  /** Only what stands before the first empty line is wanted. */
  readonly headerOnly?: boolean
}

/** Makes a probe of a format. */
export function recordProbe(format: Format): RecordProbe {
  return {
    id: format.id,
    version: 1,
    wants: format.wants,
    begin: (path, content) => new Collector(format, path, content),
  }
}

/** Collects a file up to a limit, and hands it whole to a parser. */
export class Collector implements Reader<PackageRecord | undefined> {
  /** Why `end` answered with undefined, in words that follow the path: "is cut short". */
  problem: string | undefined
  readonly #format: Format
  readonly #path: string
  readonly #content: number
  readonly #limit: number
  #bytes: Buffer | undefined
  #length = 0
  #whole = false

  constructor(format: Format, path: string, content: number) {
    this.#format = format
    this.#path = path
    this.#content = content
    this.#limit = format.limit ?? 64 * 1024 * 1024
    this.#whole = content === 0
  }

  push(chunk: Buffer, at: number): number {
    if (this.#whole || (this.#tooLarge() && !this.#format.headerOnly)) return Infinity
    // One buffer of the final size: a hostile stream can come in chunks of one byte each.
    this.#bytes ??= Buffer.allocUnsafe(Math.min(this.#content, this.#limit))
    this.#length = at + chunk.copy(this.#bytes, at)
    const header = this.#format.headerOnly ? headerEnd(this.#bytes, Math.max(0, at - 2), this.#length) : -1
    if (header !== -1) this.#length = header
    this.#whole = header !== -1 || this.#length === this.#content
    return this.#whole || this.#length === this.#bytes.length ? Infinity : this.#length
  }

  end(): PackageRecord | undefined {
    if (!this.#whole) {
      this.problem = this.#tooLarge() ? `is larger than ${this.#limit.toLocaleString('en-US')} bytes` : 'is cut short'
      return undefined
    }
    const text = decodeName(this.#bytes?.subarray(0, this.#length) ?? Buffer.alloc(0))
    this.#bytes = undefined
    const record = this.#format.parse(text, this.#path)
    if (record === undefined) this.problem = `is no ${this.#format.id} that can be read`
    return record
  }

  #tooLarge(): boolean {
    return this.#content > this.#limit
  }
}

/** Where the first empty line begins (LF or CRLF) in [from, to), or -1. `from` reaches back over two bytes that were
 *  looked at before, so that a line end on the border of two chunks is seen. */
function headerEnd(bytes: Buffer, from: number, to: number): number {
  for (let at = bytes.indexOf(0x0a, from); at !== -1 && at + 1 < to; at = bytes.indexOf(0x0a, at + 1)) {
    const next = bytes[at + 1]
    if (next === 0x0a || (next === 0x0d && at + 2 < to && bytes[at + 2] === 0x0a)) return at + 1
  }
  return -1
}
