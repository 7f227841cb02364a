import { createGunzip, type Gunzip } from 'node:zlib'
import { ImgauditError } from '../error.ts'
import type { Inflater } from './inflater.ts'

/** In bytes of output. zlib's own 16 KiB make it wait for its thread 64 times as often. */
const chunkSize = 1024 * 1024

/** Zeros after the last member are padding and end the stream for zlib, which never looks at what comes behind them. */
class Tail {
  #over = false

  /** `left`: how many bytes at the end of what was written zlib did not take. */
  check(chunk: Buffer, left: number): void {
    if (left > 0) this.#over = true
    const rest = left > 0 ? chunk.subarray(chunk.length - left) : chunk
    if (this.#over && rest.some(byte => byte !== 0)) throw junk()
  }

  get over(): boolean {
    return this.#over
  }
}

/** Inflates gzip that is pushed at it (RFC 1952): any number of members, and zeros after the last. */
export class GzipInflater implements Inflater {
  readonly #gunzip = createGunzip({ chunkSize })
  readonly #emit: (chunk: Buffer) => void
  readonly #tail = new Tail()
  #pushed = 0
  #ended = false
  #failure: unknown

  constructor(emit: (chunk: Buffer) => void) {
    this.#emit = emit
    this.#gunzip.on('end', () => {
      this.#ended = true
    })
    this.#gunzip.on('error', error => {
      this.#failure ??= fault(error)
    })
    // As a microtask it runs while the next chunk is inflated in zlib's thread, and before the push that it belongs to
    // settles; a second one never waits, so that memory stays bounded.
    this.#gunzip.on('data', (chunk: Buffer) => queueMicrotask(() => this.#pass(chunk)))
  }

  get consumed(): number {
    return this.#gunzip.bytesWritten
  }

  async push(chunk: Buffer): Promise<void> {
    this.#pushed += chunk.length
    if (!this.#tail.over) await this.#settled(() => write(this.#gunzip, chunk))
    this.#tail.check(chunk, this.#tail.over ? 0 : this.#pushed - this.consumed)
  }

  async end(): Promise<void> {
    if (this.#pushed === 0) throw cut()
    if (!this.#ended) await this.#settled(() => finish(this.#gunzip))
    this.#gunzip.destroy()
  }

  async #settled(action: () => Promise<void>): Promise<void> {
    if (this.#failure === undefined) await action()
    if (this.#failure !== undefined) throw this.#failure
  }

  #pass(chunk: Buffer): void {
    if (this.#failure !== undefined) return
    try {
      this.#emit(chunk)
    } catch (error) {
      this.#failure = error
      this.#gunzip.destroy()
    }
  }
}

/** The same for chunks that can be asked for. */
export async function* gunzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const stream = createGunzip({ chunkSize })
  const fed = feed(stream, chunks).catch(error => {
    stream.destroy(error)
    throw error
  })
  fed.catch(() => {}) // it is heard below, or is the error of the stream
  try {
    for await (const chunk of stream) yield chunk
    await fed
  } catch (error) {
    throw fault(error)
  } finally {
    stream.destroy()
  }
}

async function feed(stream: Gunzip, chunks: AsyncIterable<Buffer>): Promise<void> {
  const tail = new Tail()
  let pushed = 0
  for await (const chunk of chunks) {
    pushed += chunk.length
    if (!tail.over) await write(stream, chunk)
    if (stream.errored) return
    tail.check(chunk, tail.over ? 0 : pushed - stream.bytesWritten)
  }
  if (pushed === 0) throw cut()
  stream.end()
}

/** Resolves when zlib has done with the chunk; after an error it says so by closing only. */
function write(stream: Gunzip, chunk: Buffer): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      stream.off('close', done)
      resolve()
    }
    stream.once('close', done)
    stream.write(chunk, done)
  })
}

function finish(stream: Gunzip): Promise<void> {
  return new Promise(resolve => {
    stream.once('close', () => resolve())
    stream.end()
  })
}

function fault(cause: unknown): unknown {
  if (!(cause instanceof Error) || !('code' in cause) || cause instanceof ImgauditError) return cause
  if (cause.code === 'Z_BUF_ERROR') return cut(cause)
  if (cause.message === 'incorrect header check') return junk(cause)
  if (cause.code !== 'Z_DATA_ERROR') return cause
  const message = `a gzip stream is damaged: ${cause.message}`
  return new ImgauditError('CHECKSUM_WRONG', message, 'copy or pull it again, then check it with: gzip -t <file>', {
    cause,
  })
}

function cut(cause?: unknown): ImgauditError {
  const fix = 'copy or pull it again to its end, then check it with: gzip -t <file>'
  return new ImgauditError('ARCHIVE_TRUNCATED', 'a gzip stream ends before its end', fix, { cause })
}

function junk(cause?: unknown): ImgauditError {
  const fix = 'check it with: gzip -t <file>; write it again without anything appended'
  return new ImgauditError('ARCHIVE_INVALID', 'a gzip stream has bytes after its end that are no gzip', fix, { cause })
}
