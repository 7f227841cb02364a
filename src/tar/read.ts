import { checkHeader } from '../bytes/check-header.ts'
import { showName } from '../bytes/name.ts'
import type { Reader } from '../bytes/reader.ts'
import { fault } from './fault.ts'
import { type Described, Headers } from './headers.ts'
import type { Member } from './member.ts'

/** What is known of an archive once it has passed. Offsets in bytes. */
export interface TarEnd {
  readonly members: number
  /** Behind the end marker, or the end of the bytes where there is none. What follows is no part of the archive. */
  readonly end: number
  /** The marker's two blocks of zeros are not both there, which every reader accepts. */
  readonly markerMissing: boolean
}

export interface TarHandlers {
  /** Called for each member, in order, once its headers are known. A reader that it answers with gets the stored content,
   *  offsets counted from its start, then `end`, as soon as it wants nothing more; without one content is skipped. */
  onMember(member: Member): Reader<unknown> | undefined
}

/** `marker`: a block of zeros has come, and the archive is over; only its second one is looked for. */
type Step = 'headers' | 'content' | 'marker' | 'done'

/**
 * Reads one tar archive, of any dialect, that is pushed at it. It keeps headers only, a piece at a time.
 *
 *     | x | data | 0 | content ... pad | L | data | 0 | content ... pad | zeros | zeros | tail
 *     |<----------- span ------------->|<----------- span ------------->|<----- no member ---->|
 *
 * So Σ `span` and what follows the last member are the whole archive. A header that is no member's (a global PAX header,
 * a volume label) counts for the member after it. One block of zeros ends an archive, as for GNU tar, which only warns,
 * Python and libarchive (Go refuses an archive that goes on behind a lone one). Behind the last content the padding may be
 * missing too, so that its span goes on behind the end: umoci inserts such layers, and Go, and so every engine, takes them.
 *
 * Errors: ARCHIVE_INVALID, ARCHIVE_TRUNCATED, CHECKSUM_WRONG, LIMIT.
 */
export class TarReader implements Reader<TarEnd> {
  readonly #handlers: TarHandlers
  readonly #headers: Headers
  #step: Step = 'headers'
  /** The next wanted offset, and the one behind the last byte that came. */
  #next = 0
  #seen = 0

  /** The part that came of a piece which lies across chunks. */
  #held = Buffer.alloc(0)
  #filled = 0

  #reader: Reader<unknown> | undefined
  #contentStart = 0
  #contentEnd = 0
  #name = ''

  #members = 0
  #memberEnd = 0
  #markerMissing = true

  /** `headerLimit`: bytes that may describe one member. */
  constructor(handlers: TarHandlers, headerLimit?: number) {
    this.#handlers = handlers
    this.#headers = new Headers(headerLimit)
  }

  push(chunk: Buffer, at: number): number {
    if (at > this.#next) throw new RangeError(`wanted offset ${this.#next}, got ${at}`)
    this.#seen = at + chunk.length
    while (this.#next < this.#seen && this.#step !== 'done') {
      if (this.#step === 'content') this.#pass(chunk, this.#next - at)
      else this.#gather(chunk, this.#next - at)
    }
    return this.#step === 'done' ? Number.POSITIVE_INFINITY : this.#next
  }

  /** `size` of the archive in bytes. Without it the last byte that was pushed counts as the end, so that skipped content
   *  which no header or marker follows counts as missing. */
  end(size = this.#seen): TarEnd {
    const whole = this.#step === 'done' || this.#step === 'marker'
    if (!whole) this.#checkEnd(size)
    return { members: this.#members, end: whole ? this.#headers.next : size, markerMissing: this.#markerMissing }
  }

  #checkEnd(size: number): void {
    const behindMember = this.#next === this.#memberEnd
    const inContent = this.#step === 'content' || (behindMember && size < this.#contentEnd)
    if (inContent) throw cut(size, `the content of ${showName(this.#name)}, which goes on to ${this.#contentEnd}`)
    // An end marker may be cut; a header cannot begin with zeros only.
    const zeros = this.#held.subarray(0, this.#filled).every(byte => byte === 0)
    const sound = zeros && (this.#next <= size || behindMember) && !this.#headers.pending
    if (!sound) throw cut(size, `the header at ${this.#headers.next}`)
  }

  /** Pieces mostly lie whole in a chunk, and are not copied then. */
  #gather(chunk: Buffer, from: number): void {
    const { need } = this.#headers
    const count = Math.min(need - this.#filled, chunk.length - from)
    this.#next += count
    if (count === need) {
      this.#take(chunk, from)
      return
    }
    if (this.#filled === 0) this.#held = Buffer.allocUnsafe(need)
    chunk.copy(this.#held, this.#filled, from, from + count)
    this.#filled += count
    if (this.#filled < need) return
    this.#filled = 0
    this.#take(this.#held, 0)
  }

  #take(buffer: Buffer, at: number): void {
    if (this.#step === 'marker') {
      this.#markerMissing = checkHeader(buffer, at) !== 'zeros'
      if (!this.#markerMissing) this.#headers.next = this.#next
      this.#step = 'done'
      return
    }
    const found = this.#headers.push(buffer, at)
    if (found === 'zeros') this.#step = 'marker'
    else if (found) this.#member(found)
    if (this.#step === 'headers') this.#next = this.#headers.next
  }

  #member(found: Described): void {
    const { description, content, start, stored, end, sparse } = found
    const { type, name, target, mode, uid, gid, mtime } = description
    if (type === undefined) return
    const span = end - this.#memberEnd
    this.#members++
    this.#memberEnd = end
    this.#contentStart = start
    this.#contentEnd = start + stored
    this.#name = name
    const reader = this.#handlers.onMember({
      name,
      type,
      content,
      stored,
      span,
      start,
      mode,
      uid,
      gid,
      mtime,
      sparse,
      target,
    })
    if (!reader) return
    if (stored === 0) {
      reader.end()
      return
    }
    this.#reader = reader
    this.#next = start
    this.#step = 'content'
  }

  #pass(chunk: Buffer, from: number): void {
    const reader = this.#reader
    if (!reader) return
    const to = Math.min(chunk.length, from + this.#contentEnd - this.#next)
    const part = to - from === chunk.length ? chunk : chunk.subarray(from, to)
    const passed = this.#next + part.length
    const wanted = this.#contentStart + reader.push(part, this.#next - this.#contentStart)
    this.#next = Math.max(wanted, passed)
    if (this.#next < this.#contentEnd) return
    this.#reader = undefined
    this.#step = 'headers'
    this.#next = this.#headers.next
    reader.end()
  }
}

function cut(size: number, where: string): Error {
  return fault('ARCHIVE_TRUNCATED', `the tar archive ends at offset ${size}, inside ${where}`)
}
