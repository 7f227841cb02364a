import type { Bytes, SeekableBytes } from './bytes.ts'

/** The bytes of [start, end) of `bytes`, as bytes of their own; `read` stays where `bytes` has it. */
export function slice(bytes: SeekableBytes, start: number, end: number): SeekableBytes
export function slice(bytes: Bytes, start: number, end: number): Bytes
export function slice(bytes: Bytes, start: number, end: number): Bytes {
  if (start < 0 || end < start || end > bytes.size) {
    throw new RangeError(`slice ${start}..${end} of ${bytes.size} bytes`)
  }
  const size = end - start
  const part: Bytes = {
    size,
    stream: (from = 0, to = size) => bytes.stream(start + from, start + Math.min(to, size)),
  }
  if (!bytes.read) return part
  const read = bytes.read.bind(bytes)
  part.read = (at, into) => {
    if (at >= size) return 0
    return read(start + at, into.length > size - at ? into.subarray(0, size - at) : into)
  }
  return part
}
