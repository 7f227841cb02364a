import { ImgauditError } from '../error.ts'
import { GzipInflater, gunzip } from './gzip.ts'
import type { Inflater } from './inflater.ts'
import type { Emit, Intake } from './intake.ts'
import { AnyZstdInflater, unzstdAny } from './large-zstd.ts'
import { peek } from './peek.ts'
import { type Format, sniff } from './sniff.ts'

/** How bytes are stored; `plain` is not at all. */
export type Compression = 'gzip' | 'zstd' | 'plain'

/** Makes an inflater. */
export function inflater(compression: Compression, emit: Emit): Inflater {
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
 * that is xz or bzip2. Each chunk is valid until the next one is asked for. `intake` hears of a chunk before it comes.
 */
export async function* inflate(
  chunks: AsyncIterable<Buffer>,
  compression?: Compression,
  intake?: Intake,
): AsyncGenerator<Buffer> {
  if (compression === undefined) {
    const peeked = await peek(chunks)
    yield* inflate(peeked.chunks, compressionOf(sniff(peeked.head)), intake)
  } else if (compression === 'gzip') yield* gunzip(chunks, intake)
  else if (compression === 'zstd') yield* unzstdAny(chunks, intake)
  else yield* heard(chunks, intake)
}

/** How bytes of a format are inflated; those of no known compression are plain. COMPRESSION_UNKNOWN: xz and bzip2. */
export function compressionOf(format: Format): Compression {
  if (format === 'gzip' || format === 'zstd') return format
  if (format !== 'xz' && format !== 'bzip2') return 'plain'
  const fix = `no image format allows ${format}; unpack it first: ${format} -dk <file>`
  throw new ImgauditError('COMPRESSION_UNKNOWN', `the bytes are compressed with ${format}, which cannot be read`, fix)
}

async function* heard(chunks: AsyncIterable<Buffer>, intake: Intake | undefined): AsyncGenerator<Buffer> {
  let consumed = 0
  for await (const chunk of chunks) {
    consumed += chunk.length
    intake?.add(chunk.length, consumed)
    yield chunk
  }
}

class Plain implements Inflater {
  readonly #emit: Emit
  consumed = 0

  constructor(emit: Emit) {
    this.#emit = emit
  }

  push(chunk: Buffer): void {
    this.consumed += chunk.length
    this.#emit(chunk, this.consumed)
  }

  async end(): Promise<void> {}

  close(): void {}
}
