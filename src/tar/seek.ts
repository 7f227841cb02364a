import type { SeekableBytes } from '../bytes/bytes.ts'
import { largestPiece, pushWanted } from '../bytes/seek.ts'
import type { TarEnd, TarReader } from './read.ts'

/** Reads an archive by jumping from one wanted offset to the next. Synchronous. Errors are those of TarReader and of
 *  `bytes`. */
export function readSeekable(bytes: SeekableBytes, reader: TarReader): TarEnd {
  pushWanted(bytes, reader, Buffer.allocUnsafeSlow(Math.min(largestPiece, bytes.size)))
  return reader.end(bytes.size)
}

/** Reads an archive out of bytes that pass, to their end, dropping what is not wanted. No chunk is asked for before
 *  `passed`, of the one before it, is done. */
export async function readStream(
  chunks: AsyncIterable<Buffer>,
  reader: TarReader,
  passed?: () => Promise<void>,
): Promise<TarEnd> {
  let at = 0
  let next = 0
  for await (const chunk of chunks) {
    const end = at + chunk.length
    if (next < end) next = reader.push(next > at ? chunk.subarray(next - at) : chunk, Math.max(at, next))
    at = end
    if (passed !== undefined) await passed()
  }
  return reader.end(at)
}
