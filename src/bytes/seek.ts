import type { SeekableBytes } from './bytes.ts'
import type { Reader } from './reader.ts'

/** First read at an offset that was jumped to: a header, and with luck the small things behind it. */
const window = 8 * 1024
/** Bytes of the largest piece. */
export const largestPiece = 1024 * 1024

/**
 * Pushes what a reader wants of bytes that can be sought over, by way of `buffer`. Each piece that is wanted to its last
 * byte makes the next one larger, so that what is wanted whole comes in large pieces. Answers with the next offset that is
 * wanted: below the size only where the bytes end early.
 */
export function pushWanted(bytes: SeekableBytes, reader: Pick<Reader<unknown>, 'push'>, buffer: Buffer): number {
  const most = Math.min(buffer.length, largestPiece)
  let length = Math.min(window, most)
  let at = 0
  while (at < bytes.size) {
    const count = bytes.read(at, buffer.subarray(0, Math.min(length, bytes.size - at)))
    if (count === 0) break
    const next = reader.push(buffer.subarray(0, count), at)
    length = next === at + count ? Math.min(length * 4, most) : Math.min(window, most)
    at = next
  }
  return at
}

/** Has a reader examine bytes, or pushes what it wants of them, as `pushWanted` does. */
export function examineOrPush(bytes: SeekableBytes, reader: Reader<unknown>, buffer: Buffer): number {
  if (reader.examine === undefined) return pushWanted(bytes, reader, buffer)
  reader.examine(bytes)
  return bytes.size
}
