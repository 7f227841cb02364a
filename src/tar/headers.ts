import { blockSize, checkHeader } from '../bytes/check-header.ts'
import { decodeName } from '../bytes/name.ts'
import { overLimit, readLimits } from '../bytes/read-limits.ts'
import { type Description, describe, type Extensions } from './describe.ts'
import { fault } from './fault.ts'
import { checkSize, type Header, readHeader } from './header.ts'
import type { SparseRun } from './member.ts'
import { decimal, readPax } from './pax.ts'
import { HeaderMap, LineMap, type SparseMap, toRuns } from './sparse.ts'

/** All that stands before the stored content of a member, put together. Offsets in the archive, all in bytes. */
export interface Described {
  readonly description: Description
  readonly content: number
  readonly start: number
  readonly stored: number
  /** Behind the padding of the stored content. */
  readonly end: number
  readonly sparse: readonly SparseRun[] | undefined
}

interface Draft {
  readonly description: Description
  readonly content: number
  readonly map: SparseMap
  readonly offset: number
}

/** Offsets are multiples of 512. */
export function padded(size: number): number {
  return Math.ceil(size / blockSize) * blockSize
}

/**
 * Reads what stands between the contents of an archive, piece by piece: each push takes the `need` bytes at offset `next`
 * and sets both anew. It answers with a member when it is described in full, and with 'zeros' for a block of them.
 */
export class Headers {
  need = blockSize
  next = 0
  #flag = ''
  #extensions: Extensions = {}
  #kept = 0
  #draft: Draft | undefined
  readonly #limit: number

  /** `limit`: bytes that may describe one member, since they are kept in memory. */
  constructor(limit = readLimits.header) {
    this.#limit = limit
  }

  /** Whether headers have come that describe a member which has not. */
  get pending(): boolean {
    const { pax, longName, longLink } = this.#extensions
    return this.#flag !== '' || this.#draft !== undefined || (pax ?? longName ?? longLink) !== undefined
  }

  push(buffer: Buffer, at: number): Described | 'zeros' | undefined {
    const offset = this.next
    this.next += this.need
    if (this.#flag !== '') return this.#extension(buffer.subarray(at, at + this.need), offset)
    if (this.#draft) return this.#map(this.#draft, buffer, at)
    const kind = checkHeader(buffer, at)
    if (kind === 'zeros') return kind
    if (kind === 'neither') throw noHeader(buffer, at, offset)
    return this.#header(readHeader(buffer, at), buffer, at, offset)
  }

  #header(header: Header, buffer: Buffer, at: number, offset: number): Described | undefined {
    switch (header.flag) {
      case 'x':
      case 'X': // Solaris
      case 'L':
      case 'K':
        this.#flag = header.flag
        this.#keep(checkSize(header.size, offset), offset)
        // An empty one takes back what one before it said.
        if (header.size === 0) this.#extension(Buffer.alloc(0), this.next)
        else this.need = header.size
        return undefined
      case 'g':
        // To POSIX, GNU tar and Python it holds for all that follows. Go and libarchive pass over it, so the engines do
        // too, and what they unpack is the image. To Go it also ends what describes the member after it.
        this.#extensions = {}
        this.next += padded(checkSize(header.size, offset))
        return undefined
      default:
        return this.#member(header, buffer, at, offset)
    }
  }

  /** PAX records, or a GNU long name, which a NUL ends. */
  #extension(data: Buffer, offset: number): undefined {
    if (this.#flag === 'L') this.#extensions.longName = longName(data)
    else if (this.#flag === 'K') this.#extensions.longLink = longName(data)
    else this.#extensions.pax = readPax(data, offset)
    this.#flag = ''
    this.next = offset + padded(data.length)
    this.need = blockSize
  }

  #member(header: Header, buffer: Buffer, at: number, offset: number): Described | undefined {
    const description = describe(header, this.#extensions, offset)
    const { content, data, sparse } = description
    if (header.flag === 'S') {
      const map = new HeaderMap(header.dialect, offset)
      // Star's, where its field is too small; Go and Python know the field of GNU tar only.
      const realsize = header.dialect === 'star' ? decimal(this.#extensions.pax?.realsize ?? '') : Number.NaN
      const content = realsize >= 0 && Number.isSafeInteger(realsize) ? realsize : map.size(buffer, at)
      return this.#map({ description, content, map, offset }, buffer, at)
    }
    if (sparse !== undefined && sparse.map === undefined) {
      this.#draft = { description, content, map: new LineMap(offset), offset }
      return undefined
    }
    const start = this.next
    const runs = sparse?.map && toRuns(sparse.map, content, data, offset)
    return this.#done({ description, content, start, stored: data, end: start + padded(data), sparse: runs })
  }

  #map(draft: Draft, buffer: Buffer, at: number): Described | undefined {
    this.#keep(blockSize, draft.offset)
    this.#draft = draft
    if (draft.map.push(buffer, at)) return undefined
    this.#draft = undefined
    const { description, content, map, offset } = draft
    // In format 1.0 the map is part of the data; in the old one it is made of headers.
    const inData = map instanceof LineMap ? this.next - offset - blockSize : 0
    const stored = description.data - inData
    const sparse = toRuns(map.numbers, content, stored, offset)
    return this.#done({ description, content, start: this.next, stored, end: this.next + padded(stored), sparse })
  }

  #done(described: Described): Described {
    this.#extensions = {}
    this.#kept = 0
    this.next = described.end
    return described
  }

  #keep(size: number, offset: number): void {
    this.#kept += size
    if (this.#kept <= this.#limit) return
    const message = `the member at offset ${offset} has ${this.#kept} bytes of headers or more, of ${this.#limit} that are read`
    throw overLimit({ name: 'header', limit: this.#limit, needed: Math.max(this.#kept, 2 * this.#limit) }, message)
  }
}

/** Undefined when it is empty, which leaves the header's own. */
function longName(data: Buffer): string | undefined {
  const nul = data.indexOf(0)
  return decodeName(nul < 0 ? data : data.subarray(0, nul)) || undefined
}

/** At the very beginning a wrong checksum mostly means that this is no tar at all. */
function noHeader(buffer: Buffer, at: number, offset: number): Error {
  const magic = buffer.toString('latin1', at + 257, at + 262) === 'ustar'
  if (offset === 0 && !magic)
    return fault('ARCHIVE_INVALID', 'this is no tar archive: its first 512 bytes are no header')
  return fault('CHECKSUM_WRONG', `the tar header at offset ${offset} has a wrong checksum`)
}
