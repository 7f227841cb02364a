import { createGunzip, type Gunzip } from 'node:zlib'
import { ImgauditError } from '../error.ts'
import type { Inflater } from './inflater.ts'
import type { Emit, Intake } from './intake.ts'

/** In bytes of output. zlib's own 16 KiB make it wait for its thread 16 times as often; with more one would know less of where
 *  in the input each entry of a tar came from. */
const chunkSize = 256 * 1024

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
  readonly #emit: Emit
  readonly #tail = new Tail()
  #pushed = 0
  #ended = false
  #failure: unknown

  constructor(emit: Emit) {
    this.#emit = emit
    this.#gunzip.on('end', () => {
      this.#ended = true
    })
    this.#gunzip.on('error', error => {
      this.#failure ??= fault(error)
    })
    // As a microtask it runs while the next chunk is inflated in zlib's thread, and before the push that it belongs to
    // settles; a second one never waits, so that memory stays bounded.
    this.#gunzip.on('data', (chunk: Buffer) => {
      const { consumed } = this
      queueMicrotask(() => this.#pass(chunk, consumed))
    })
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

  close(): void {
    this.#gunzip.destroy()
  }

  async #settled(action: () => Promise<unknown>): Promise<void> {
    if (this.#failure === undefined) await action()
    if (this.#failure !== undefined) throw this.#failure
  }

  #pass(chunk: Buffer, consumed: number): void {
    if (this.#failure !== undefined) return
    try {
      this.#emit(chunk, consumed)
    } catch (error) {
      this.#failure = error
      this.#gunzip.destroy()
    }
  }
}

/** The same for chunks that can be asked for. */
export async function* gunzip(chunks: AsyncIterable<Buffer>, intake?: Intake): AsyncGenerator<Buffer> {
  const stream = createGunzip({ chunkSize })
  const fed = feed(stream, chunks).catch(error => {
    stream.destroy(error)
    throw error
  })
  fed.catch(() => {}) // it is heard below, or is the error of the stream
  try {
    for await (const chunk of stream) {
      // All that zlib has given so far is in this chunk: it goes on in a later turn of the event loop.
      intake?.add(chunk.length, stream.bytesWritten)
      yield chunk
    }
    await fed
  } catch (error) {
    throw fault(error)
  } finally {
    stream.destroy()
  }
}

/** How many chunks are copied ahead. With the next one at hand zlib goes on at once, while its output is looked at; else it
 *  waits for that, and for the disk, once a chunk: a third of its time. */
const ahead = 2

async function feed(stream: Gunzip, chunks: AsyncIterable<Buffer>): Promise<void> {
  const tail = new Tail()
  const written: Written[] = []
  let pushed = 0
  let spare: Buffer | undefined
  for await (const chunk of chunks) {
    const copy = spare?.length === chunk.length ? spare : Buffer.allocUnsafeSlow(chunk.length)
    chunk.copy(copy)
    pushed += chunk.length
    written.push({ chunk: copy, end: pushed, taken: tail.over ? Promise.resolve(0) : write(stream, copy) })
    if (written.length > ahead) spare = await settle(stream, tail, written.shift())
    if (abandoned(stream)) return
  }
  for (const chunk of written) await settle(stream, tail, chunk)
  if (pushed === 0) throw cut()
  stream.end()
}

interface Written {
  readonly chunk: Buffer
  /** Where the chunk ends, and how much zlib had taken when it was done with it, both counted from the first chunk. */
  readonly end: number
  readonly taken: Promise<number>
}

/** Waits until zlib has done with a chunk; answers with its memory. */
async function settle(stream: Gunzip, tail: Tail, written: Written | undefined): Promise<Buffer | undefined> {
  if (written === undefined) return undefined
  const taken = await written.taken
  if (!abandoned(stream)) tail.check(written.chunk, tail.over ? 0 : written.end - taken)
  return written.chunk
}

/** It failed, or nobody asks for more. */
function abandoned(stream: Gunzip): boolean {
  return stream.destroyed && !stream.readableEnded
}

/** Resolves when zlib has done with the chunk, with all that it has taken until then; after an error, and in front of
 *  padding, it says so by closing only. */
function write(stream: Gunzip, chunk: Buffer): Promise<number> {
  return new Promise(resolve => {
    const done = () => {
      stream.off('close', done)
      resolve(stream.bytesWritten)
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
