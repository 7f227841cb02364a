import type { Bytes, SeekableBytes } from '../bytes/bytes.ts'
import { slice } from '../bytes/slice.ts'
import type { LayerIndex } from '../image/layer-index.ts'
import type { SparseRun } from '../tar/member.ts'

const zeros = Buffer.alloc(64 * 1024)

/** The contents of an entry in its layer's uncompressed blob, holes of a sparse file included. */
export function contentOf(blob: SeekableBytes, index: LayerIndex, ordinal: number): Bytes {
  const place = index.contentAt?.(ordinal)
  if (place === undefined) throw new Error(`a layer that was not sought over does not know where its contents are`)
  const stored = slice(blob, place.start, place.start + place.stored)
  if (place.sparse === undefined) return stored
  return sparseBytes(stored, place.sparse, index.entries.content(ordinal))
}

/** `size` logical bytes, of which the runs are stored one behind the other in `stored`. */
function sparseBytes(stored: Bytes, runs: readonly SparseRun[], size: number): Bytes {
  return {
    size,
    async *stream(start = 0, end = size) {
      let at = start
      let from = 0
      for (const run of runs) {
        const runEnd = run.offset + run.length
        if (runEnd > at && run.offset < end) {
          yield* holes(at, run.offset)
          at = Math.max(at, run.offset)
          const last = Math.min(runEnd, end)
          yield* stored.stream(from + at - run.offset, from + last - run.offset)
          at = last
        }
        from += run.length
      }
      yield* holes(at, end)
    },
  }
}

function* holes(from: number, to: number): Generator<Buffer> {
  for (let at = from; at < to; at += zeros.length) yield zeros.subarray(0, Math.min(zeros.length, to - at))
}
