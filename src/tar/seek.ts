import type { SeekableBytes } from '../bytes/bytes.ts'
import type { TarEnd, TarReader } from './read.ts'

/** First read at an offset that was jumped to: a header, and with luck small members behind it. */
const window = 8 * 1024
const largestWindow = 1024 * 1024

/**
 * Reads an archive by jumping from one wanted offset to the next. Each read that is wanted to its last byte makes the next
 * one larger, so that wanted content comes in large pieces. Synchronous. Errors are those of TarReader and of `bytes`.
 */
export function readSeekable(bytes: SeekableBytes, reader: TarReader): TarEnd {
  const buffer = Buffer.allocUnsafeSlow(Math.min(largestWindow, bytes.size))
  let length = window
  for (let at = 0; at < bytes.size; ) {
    const count = bytes.read(at, buffer.subarray(0, length))
    if (count === 0) break
    const next = reader.push(buffer.subarray(0, count), at)
    length = next === at + count ? Math.min(length * 4, largestWindow) : window
    at = next
  }
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
