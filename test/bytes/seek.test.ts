import { describe, expect, it } from 'vitest'
import type { SeekableBytes } from '../../src/bytes/bytes.ts'
import { memoryBytes } from '../../src/bytes/memory.ts'
import { examineOrPush, pushWanted } from '../../src/bytes/seek.ts'

const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => at % 251))

/** Bytes that note each read as its offset and length. */
function noting(content: Buffer): SeekableBytes & { readonly reads: (readonly [number, number])[] } {
  const whole = memoryBytes(content)
  const reads: (readonly [number, number])[] = []
  const read = (at: number, into: Buffer) => {
    reads.push([at, into.length])
    return whole.read(at, into)
  }
  return { ...whole, read, reads }
}

/** Wants what `next` says. */
function asking(next: (end: number, at: number) => number) {
  const pieces: Buffer[] = []
  const push = (chunk: Buffer, at: number) => {
    expect(chunk.equals(bytes.subarray(at, at + chunk.length))).toBe(true)
    pieces.push(Buffer.from(chunk))
    return next(at + chunk.length, at)
  }
  return { push, end() {}, pieces }
}

describe('bytes that are sought over', () => {
  it('come whole, and in ever larger pieces', () => {
    const reader = asking(end => end)
    const content = noting(bytes)
    expect(pushWanted(content, reader, Buffer.alloc(1024 * 1024))).toBe(bytes.length)
    expect(Buffer.concat(reader.pieces).equals(bytes)).toBe(true)
    const lengths = content.reads.map(([, length]) => length)
    expect(lengths.slice(0, 5)).toEqual([8192, 32_768, 131_072, 524_288, 1_048_576])
  })

  it('are read in small pieces where each is jumped to', () => {
    const content = noting(bytes)
    const reader = asking((_, at) => (at < 2_000_000 ? at + 500_000 : Number.POSITIVE_INFINITY))
    pushWanted(content, reader, Buffer.alloc(1024 * 1024))
    expect(content.reads).toEqual([0, 500_000, 1_000_000, 1_500_000, 2_000_000].map(at => [at, 8192]))
  })

  it('end where there are no more, which the answer tells', () => {
    const short = { ...memoryBytes(bytes.subarray(0, 10_000)), size: 20_000 }
    const reader = asking(end => end)
    expect(pushWanted(short, reader, Buffer.alloc(1024 * 1024))).toBe(10_000)
  })

  it('are examined by a reader that does', () => {
    const seen: SeekableBytes[] = []
    const reader = { ...asking(end => end), examine: (content: SeekableBytes) => void seen.push(content) }
    const content = memoryBytes(bytes)
    expect(examineOrPush(content, reader, Buffer.alloc(8192))).toBe(bytes.length)
    expect(seen).toEqual([content])
    expect(reader.pieces).toEqual([])
  })
})
