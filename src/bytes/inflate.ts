import { ImgauditError } from '../error.ts'
import { GzipInflater, gunzip } from './gzip.ts'
import type { Inflater } from './inflater.ts'
import { AnyZstdInflater, unzstdAny } from './large-zstd.ts'
import { peek } from './peek.ts'
import { type Format, sniff } from './sniff.ts'

/** How bytes are stored; `plain` is not at all. */
export type Compression = 'gzip' | 'zstd' | 'plain'

/** Makes an inflater. What it emits is valid during the call only. */
export function inflater(compression: Compression, emit: (chunk: Buffer) => void): Inflater {
  switch (compression) {
    case 'gzip':
      return new GzipInflater(emit)
    case 'zstd':
      return new AnyZstdInflater(emit)
    case 'plain':
      return new Plain(emit)
  }
}

/**
 * Inflates chunks as they are asked for; by what they begin with when `compression` is not given, COMPRESSION_UNKNOWN when
 * that is xz or bzip2. Each chunk is valid until the next one is asked for.
 */
export async function* inflate(chunks: AsyncIterable<Buffer>, compression?: Compression): AsyncGenerator<Buffer> {
  if (compression === undefined) {
    const peeked = await peek(chunks)
    yield* inflate(peeked.chunks, compressionOf(sniff(peeked.head)))
  } else if (compression === 'gzip') yield* gunzip(chunks)
  else if (compression === 'zstd') yield* unzstdAny(chunks)
  else yield* chunks
}

/** How bytes of a format are inflated; those of no known compression are plain. COMPRESSION_UNKNOWN: xz and bzip2. */
export function compressionOf(format: Format): Compression {
  if (format === 'gzip' || format === 'zstd') return format
  if (format !== 'xz' && format !== 'bzip2') return 'plain'
  const fix = `no image format allows ${format}; unpack it first: ${format} -dk <file>`
  throw new ImgauditError('COMPRESSION_UNKNOWN', `the bytes are compressed with ${format}, which cannot be read`, fix)
}

class Plain implements Inflater {
  readonly #emit: (chunk: Buffer) => void
  consumed = 0

  constructor(emit: (chunk: Buffer) => void) {
    this.#emit = emit
  }

  push(chunk: Buffer): void {
    this.consumed += chunk.length
    this.#emit(chunk)
  }

  async end(): Promise<void> {}

  close(): void {}
}
