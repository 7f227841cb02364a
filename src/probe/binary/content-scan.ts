import type { SeekableBytes } from '../../bytes/bytes.ts'
import { GpuCode, type GpuContainer } from './gpu-code.ts'
import { GpuScanner } from './gpu-scanner.ts'
import { LibraryNames } from './library-names.ts'
import { covers, merged, type Range, rangeFrom } from './range.ts'

/** What contents hold. */
export interface FoundContent {
  readonly gpu?: GpuCode
  /** In file order, each once. */
  readonly names: readonly string[]
}

const smallestPiece = 4 * 1024
const largestPiece = 1024 * 1024
/** What is skipped is read where it is smaller, for the sake of what follows: libcufft's 24,000 containers have 12 KB each. */
const worthReading = 64 * 1024
const mostNames = 4096

/** Searches some ranges of a file for GPU code and names of libraries, front to back. */
export class ContentScan {
  readonly #ranges: readonly Range[]
  readonly #gpu: GpuScanner
  readonly #names: LibraryNames | undefined
  #wanted = 0

  /** `ranges` in order, apart from each other. `size` in bytes, of the file. */
  constructor(ranges: readonly Range[], size: number, options: { readonly frames: boolean; readonly names: boolean }) {
    this.#ranges = ranges
    this.#gpu = new GpuScanner(size, options)
    this.#names = options.names ? new LibraryNames() : undefined
  }

  /** The next offset that is wanted, `Infinity` for none. */
  get wanted(): number {
    const range = rangeFrom(this.#ranges, this.#wanted)
    return range === undefined ? Infinity : Math.max(range.start, this.#wanted)
  }

  /** Takes of a chunk what lies in the ranges. What it did not want may be left out. */
  push(chunk: Buffer, at: number): void {
    const end = at + chunk.length
    let range = rangeFrom(this.#ranges, Math.max(at, this.#wanted))
    while (range !== undefined) {
      const from = Math.max(at, this.#wanted, range.start)
      const to = Math.min(end, range.end)
      if (from >= to) return
      const part = chunk.subarray(from - at, to - at)
      this.#names?.push(part, from)
      this.#wanted = Math.max(to, this.#gpu.push(part, from))
      range = rangeFrom(this.#ranges, this.#wanted)
    }
  }

  /** Reads what it wants, in pieces that grow while they are contiguous. */
  examine(content: SeekableBytes): void {
    const buffer = Buffer.allocUnsafe(Math.min(largestPiece, content.size))
    let length = smallestPiece
    for (let at = this.wanted; at < content.size; ) {
      const end = rangeFrom(this.#ranges, at)?.end ?? content.size
      const count = content.read(at, buffer.subarray(0, Math.min(length, end - at)))
      if (count === 0) return
      this.push(buffer.subarray(0, count), at)
      const skipped = this.wanted - (at + count)
      length =
        skipped === 0 ? Math.min(length * 4, largestPiece) : skipped < worthReading ? worthReading : smallestPiece
      at = this.wanted
    }
  }

  /** What was found in `ranges`, which may be smaller than those searched. */
  end(ranges: readonly Range[] = this.#ranges): FoundContent {
    const gpu = within(
      this.#gpu.end(start => covers(ranges, { start, end: start + 1 })),
      ranges,
    )
    const packed = merged(gpu?.ranges() ?? [])
    const names = new Set<string>()
    for (const { name, at } of this.#names?.end() ?? []) {
      if (names.size === mostNames) break
      const inGpu = (rangeFrom(packed, at)?.start ?? Infinity) <= at
      if (!inGpu && covers(ranges, { start: at, end: at + name.length })) names.add(name)
    }
    return { ...(gpu === undefined ? {} : { gpu }), names: [...names] }
  }
}

/** A container that begins in code is a chance hit, but it may have hidden others that it runs over; one that runs out of the
 *  range that it begins in is damaged. */
function within(gpu: GpuCode | undefined, ranges: readonly Range[]): GpuCode | undefined {
  if (gpu === undefined) return undefined
  if (gpu.ranges().every(range => covers(ranges, range))) return gpu
  const kept: GpuContainer[] = []
  let cut = false
  for (const container of gpu.containers()) {
    const { start, bytes } = container
    if (covers(ranges, { start, end: start + bytes })) kept.push(container)
    else cut ||= (rangeFrom(ranges, start)?.start ?? Infinity) < start + bytes
  }
  const inexact = cut ? 'a container runs out of its section' : gpu.inexact
  return kept.length === 0 && inexact === undefined ? undefined : GpuCode.of(kept, inexact)
}
