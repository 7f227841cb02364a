import type { SeekableBytes } from './bytes.ts'

/** Bytes that are in memory already. Chunks are views of `buffer`. */
export function memoryBytes(buffer: Buffer): SeekableBytes {
  return {
    size: buffer.length,
    async *stream(start = 0, end = buffer.length) {
      if (start < end) yield buffer.subarray(start, end)
    },
    read: (at, into) => buffer.copy(into, 0, at),
  }
}
