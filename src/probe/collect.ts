import { decodeName } from '../bytes/name.ts'
import type { Reader } from '../bytes/reader.ts'
import type { PackageRecord } from './package-record.ts'
import type { Probe } from './probe.ts'

/** What a reader of a record ends with: a promise where a library is read first. It never rejects. */
export type Ending = PackageRecord | undefined | Promise<PackageRecord | undefined>

/** A reader that can say why there is no record. */
export interface RecordReader<End extends Ending = Ending> extends Reader<End> {
  /** Why `end` answered with undefined, in words that follow the path: "is cut short". */
  readonly problem: string | undefined
}

/** A probe for the files that say what is installed. */
export interface RecordProbe<End extends Ending = Ending> extends Omit<Probe<PackageRecord>, 'begin'> {
  wants(path: string, content: number): boolean
  begin(path: string, content: number): RecordReader<End>
}

/** How a format is told by path, and how much of a file is wanted. */
interface Wanted {
  readonly id: PackageRecord['kind']
  /** Called for every file of an image. */
  wants(path: string): boolean
  /** Bytes; a larger file is left unread. 64 MiB unless told. */
  readonly limit?: number
  /** Only what stands before the first empty line is wanted. */
  readonly headerOnly?: boolean
}

/** What the text of a format says: undefined where it is not what the name promises. */
interface Format extends Wanted {
  parse(text: string, path: string): PackageRecord | undefined
}

/** What the bytes of a format say, which may be written to; throws for what is not what the name promises. */
interface LaterFormat extends Wanted {
  read(bytes: Buffer): Promise<PackageRecord | undefined>
}

/** Makes a probe of a format. */
export function recordProbe(format: Format): RecordProbe<PackageRecord | undefined> {
  const { id, wants } = format
  return { id, version: 1, wants, begin: (path, content) => new TextReader(format, path, content) }
}

/** Makes a probe of a format that a library reads, which is loaded for it. */
export function laterRecordProbe(format: LaterFormat): RecordProbe {
  const { id, wants } = format
  return { id, version: 1, wants, begin: (_, content) => new LaterReader(format, content) }
}

/** Makes a probe for files that say what is installed in a format that nothing here reads, and why that matters. */
export function refusal(id: string, wants: (path: string) => boolean, problem: string): RecordProbe<undefined> {
  return { id, version: 1, wants, begin: () => ({ problem, push: () => Infinity, end: () => undefined }) }
}

/** Collects a file up to a limit. */
class Collector {
  problem: string | undefined
  readonly #format: Wanted
  readonly #content: number
  readonly #limit: number
  #bytes: Buffer | undefined
  #length = 0
  #whole = false

  constructor(format: Wanted, content: number) {
    this.#format = format
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

  /** The file, whole, once; undefined, with the problem, where it is not. */
  protected take(): Buffer | undefined {
    if (!this.#whole) {
      this.problem = this.#tooLarge() ? `is larger than ${this.#limit.toLocaleString('en-US')} bytes` : 'is cut short'
      return undefined
    }
    const bytes = this.#bytes?.subarray(0, this.#length) ?? Buffer.alloc(0)
    this.#bytes = undefined
    return bytes
  }

  protected refuse(why = ''): undefined {
    this.problem = `is no ${this.#format.id} that can be read${why}`
  }

  #tooLarge(): boolean {
    return this.#content > this.#limit
  }
}

class TextReader extends Collector implements RecordReader<PackageRecord | undefined> {
  readonly #format: Format
  readonly #path: string

  constructor(format: Format, path: string, content: number) {
    super(format, content)
    this.#format = format
    this.#path = path
  }

  end(): PackageRecord | undefined {
    const bytes = this.take()
    return bytes && (this.#format.parse(decodeName(bytes), this.#path) ?? this.refuse())
  }
}

class LaterReader extends Collector implements RecordReader {
  readonly #format: LaterFormat

  constructor(format: LaterFormat, content: number) {
    super(format, content)
    this.#format = format
  }

  end(): Ending {
    const bytes = this.take()
    return bytes && this.#read(bytes)
  }

  async #read(bytes: Buffer): Promise<PackageRecord | undefined> {
    try {
      return (await this.#format.read(bytes)) ?? this.refuse()
    } catch (error) {
      return this.refuse(`: ${error instanceof Error ? error.message : String(error)}`)
    }
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
