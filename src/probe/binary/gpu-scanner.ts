import { compressedBundles } from './compressed-bundle.ts'
import { cubinFrames } from './cubin-frame.ts'
import { fatbin, oldFatbin } from './fatbin.ts'
import { GpuCode, GpuPacking } from './gpu-code.ts'
import { type GpuFormat, type OpenContainer, overhead, unread, type Walk, type Wanted } from './gpu-format.ts'
import { MagicSearch } from './magic-search.ts'
import { offloadBinaries } from './offload-binary.ts'
import { offloadBundle } from './offload-bundle.ts'
import { PassingBytes } from './passing-bytes.ts'

/** Pieces of one file: libcublasLt has 10,000. What is beyond is not read, so that memory is bounded. */
const piecesLimit = 1_000_000

/** Places of one fault that are kept; where there are more it counts wherever they are. */
const startsLimit = 100_000

/** Zeros between two containers that are taken for padding: a page. */
const paddingLimit = 4096

/** Bytes in front of the last one of a needle: as many as may begin one that goes on in the next chunk. */
const longest = 16

/** A container that is being read. */
interface Reading {
  readonly start: number
  readonly end: number
  readonly walk: Walk
  readonly wanted: Wanted
}

/** Finds GPU code by the magic numbers of its containers, wherever in a file. Forward only. */
export class GpuScanner {
  readonly #size: number
  readonly #searches: readonly MagicSearch[]
  readonly #packing = new GpuPacking()
  /** What is wrong with containers, and where those begin. */
  readonly #inexact = new Map<string, number[]>()
  readonly #bytes = new PassingBytes()
  #reading: Reading | undefined
  /** What found the last one that may have been a container. */
  #last: MagicSearch | undefined
  /** All before it has been dealt with. */
  #at = 0
  /** Where zeros behind the last container end, as far as seen; -1 when there is something else. */
  #zeros = -1
  #full = false

  /** `size`: of the whole file, in bytes. `frames`: looks for bare zstd frames too. */
  constructor(size: number, options: { readonly frames: boolean }) {
    this.#size = size
    const formats = [fatbin, oldFatbin, offloadBundle, compressedBundles(), ...offloadBinaries]
    if (options.frames) formats.push(cubinFrames())
    this.#searches = formats.map(format => new MagicSearch(format))
  }

  /**
   * `chunk` begins at `at`. Answers with the next offset wanted: the next byte while it searches, further on while it
   * skips a payload. An `at` beyond that means that bytes were left out on purpose: the search begins anew there, and a
   * container never spans what was left out, but for payloads that it skips itself.
   */
  push(chunk: Buffer, at: number): number {
    if (this.#full) return Infinity
    if (at > this.#wanted) this.#leaveOut(at)
    const wanted = this.#wanted
    if (at + chunk.length <= wanted) return wanted
    this.#bytes.add(chunk.subarray(Math.max(0, wanted - at)), Math.max(at, wanted))
    this.#work(0)
    if (this.#full) return Infinity
    this.#bytes.keepFrom(this.#at)
    return this.#wanted
  }

  /** undefined where nothing was found. What is wrong with a container is told where its beginning counts: as bytes pass, more
   *  of them are searched than turn out to hold any. */
  end(counts: (start: number) => boolean = () => true): GpuCode | undefined {
    if (!this.#full) this.#leaveOut(Infinity)
    const told = [...this.#inexact].filter(([, starts]) => starts.length >= startsLimit || starts.some(counts))
    if (this.#packing.pieces === 0 && told.length === 0) return undefined
    const inexact = told.length === 0 ? undefined : told.map(([what]) => what).join('; ')
    return GpuCode.unpacked(this.#packing.packed(inexact))
  }

  get #wanted(): number {
    return Math.max(this.#at, this.#bytes.end)
  }

  /** Nothing between what it has and `at` comes any more. */
  #leaveOut(at: number): void {
    this.#work(at)
    this.#bytes.keepFrom(Infinity)
    if (this.#reading !== undefined || this.#at >= at) return
    this.#at = at
    this.#zeros = -1
  }

  /** Does what can be done with the bytes that there are, where none come any more before `resume`. */
  #work(resume: number): void {
    for (const search of this.#searches) search.renew()
    while (!this.#full && (this.#reading === undefined ? this.#find(resume) : this.#read(this.#reading, resume)));
  }

  /** Goes on with a container. Answers whether there may be more to do. */
  #read({ start, end, walk, wanted: { from, length } }: Reading, resume: number): boolean {
    const there = this.#bytes.has(from, from + length)
    if (!there && from >= resume && from + length <= this.#size) return false
    this.#step(start, end, walk, walk.next(there ? this.#bytes.slice(from, from + length) : undefined))
    return true
  }

  #step(start: number, end: number, walk: Walk, { done, value }: IteratorResult<Wanted, string | undefined>): void {
    if (this.#packing.pieces >= piecesLimit) {
      this.#full = true
      this.#close(
        start,
        end,
        `more than ${piecesLimit.toLocaleString('en-US')} pieces, and those behind them were not read`,
      )
    } else if (done) this.#close(start, end, value)
    else {
      this.#reading = { start, end, walk, wanted: value }
      this.#at = value.from
    }
  }

  #close(start: number, end: number, inexact: string | undefined): void {
    if (inexact !== undefined) this.#note(inexact, start)
    const packing = this.#packing
    if (end !== Infinity && packing.end < end) packing.add(unread, end - packing.end, end - packing.end)
    this.#reading = undefined
    this.#at = Math.max(packing.end, start + 1)
    this.#zeros = packing.end > start ? packing.end : -1
  }

  #note(inexact: string, start: number): void {
    const starts = this.#inexact.get(inexact)
    if (starts === undefined) this.#inexact.set(inexact, [start])
    else if (starts.length < startsLimit) starts.push(start)
  }

  /** Searches for the next container. Answers whether there may be more to do. */
  #find(resume: number): boolean {
    this.#followZeros()
    const { format, start } = this.#candidate()
    if (format === undefined) {
      this.#at = Math.max(this.#at, this.#bytes.end - longest)
      return false
    }
    const opened = this.#open(format, start)
    if (opened === 'short' && start >= resume) {
      this.#at = start
      return false
    }
    if (typeof opened === 'object') this.#begin(start, opened)
    else this.#at = start + 1
    return true
  }

  /** What may be the next container, by its magic number. Each format is searched as far as the nearest one found: what a
   *  container skips is searched for none. */
  #candidate(): { readonly format: GpuFormat | undefined; readonly start: number } {
    // Containers lie end to end: to search 1 KiB for every format behind each took as long as all else.
    if (this.#last?.begins(this.#bytes, this.#at)) return { format: this.#last.format, start: this.#at }
    let [format, start]: [GpuFormat | undefined, number] = [undefined, this.#bytes.end]
    for (const search of this.#searches) {
      const found = search.next(this.#bytes, this.#at, start)
      if (found >= start) continue
      ;[format, start] = [search.format, found]
      this.#last = search
    }
    return { format, start }
  }

  /** `short`: it takes bytes to come to tell. */
  #open(format: GpuFormat, start: number): OpenContainer | 'short' | undefined {
    for (let needed = format.least; start + needed <= this.#size; ) {
      if (!this.#bytes.has(start, start + needed)) return 'short'
      const opened = format.open(this.#bytes.slice(start, start + needed), start, this.#size)
      if (typeof opened !== 'number') return opened
      needed = opened
    }
    return undefined
  }

  #begin(start: number, { form, end, pieces }: OpenContainer): void {
    const padding = start - this.#packing.end
    if (this.#zeros === start && padding > 0) this.#packing.add(overhead, padding, padding)
    this.#packing.begin(form, start)
    const walk = pieces(this.#packing)
    this.#step(start, end, walk, walk.next())
  }

  #followZeros(): void {
    const limit = Math.min(this.#bytes.end, this.#packing.end + paddingLimit)
    if (this.#zeros < this.#bytes.begin) return
    while (this.#zeros < limit && this.#bytes.at(this.#zeros) === 0) this.#zeros++
  }
}
