import type { Worker } from 'node:worker_threads'
import { ImgauditError } from '../error.ts'
import type { Inflater } from './inflater.ts'
import type { Intake } from './intake.ts'
import { returnThread } from './threads.ts'
import type { Failure, FromThread, Output, ToThread } from './zstd-thread-message.ts'

/** In bytes, and how many of them there are for a stream. */
const inputSize = 1024 * 1024
const inputsMost = 2

/** Takes a chunk of output. `done` is to be called once, when the chunk is done with and may be written over. */
export type Take = (chunk: Buffer, done: () => void, parts: Output['parts']) => void

/**
 * Inflates in a thread what is pushed at it. Memory is bounded both ways: a push settles when there is room for more, and
 * the thread has three chunks of output, which wait for their `done`. Whatever ends it but the end of the stream, an error
 * or `close`, terminates the thread, in the midst of its work.
 */
export class ThreadedZstd implements Inflater {
  readonly #thread: Worker
  readonly #take: Take
  readonly #free: ArrayBuffer[] = []
  readonly #waiting: (() => void)[] = []
  #inputs = 0
  #filling: Buffer<ArrayBuffer> | undefined
  #filled = 0
  #unused = 0
  #state: 'open' | 'ended' | 'closed' = 'open'
  #failure: { readonly error: unknown } | undefined
  consumed = 0

  /** `module`: the compiled decoder. */
  constructor(thread: Worker, module: object, take: Take) {
    this.#thread = thread
    this.#take = take
    thread.on('message', this.#hear)
    thread.on('error', this.fail)
    thread.on('exit', this.#exit)
    this.#send({ kind: 'begin', module })
  }

  async push(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      this.#filling ??= await this.#emptyInput()
      const count = chunk.copy(this.#filling, this.#filled, at)
      at += count
      this.#filled += count
      if (this.#filled === inputSize) this.#sendInput(this.#filling)
    }
    this.#check()
  }

  /** All has been pushed. Does not wait for what comes of it. */
  finish(): void {
    this.#check()
    if (this.#filling !== undefined) this.#sendInput(this.#filling)
    this.#send({ kind: 'end' })
  }

  async end(): Promise<void> {
    this.finish()
    await this.until(() => this.ended)
    this.close()
  }

  /** All output has been handed to `take`. */
  get ended(): boolean {
    return this.#state === 'ended'
  }

  /** Resolves when `ready` says so; throws when nothing more comes that could change what it says. */
  async until(ready: () => boolean): Promise<void> {
    while (!ready()) {
      this.#check()
      // The process stays alive for who waits, not for a stream that was left.
      this.#thread.ref()
      await new Promise<void>(resolve => this.#waiting.push(resolve))
      if (this.#waiting.length === 0) this.#thread.unref()
    }
  }

  /** Ends it with an error from elsewhere, for whoever waits. */
  readonly fail = (error: unknown): void => {
    this.#failure ??= { error }
    this.close()
  }

  close(): void {
    if (this.#state === 'closed') return
    const reusable = this.ended && this.#unused === 0
    this.#state = 'closed'
    this.#thread.off('message', this.#hear)
    this.#thread.off('exit', this.#exit)
    // A thread that is being terminated may still fail, which is no news then.
    if (reusable) {
      this.#thread.off('error', this.fail)
      returnThread(this.#thread)
    } else void this.#thread.terminate()
    this.#wake()
  }

  readonly #hear = (message: FromThread): void => {
    if (message.kind === 'output') this.#hand(message)
    else if (message.kind === 'taken') {
      this.#free.push(message.bytes)
      this.consumed += message.length
    } else if (message.kind === 'end') this.#state = 'ended'
    else this.fail(errorOf(message.failure))
    this.#wake()
  }

  readonly #exit = (): void => this.fail(new Error('the thread that inflates zstd is gone'))

  #hand({ bytes, length, parts }: Output): void {
    this.#unused++
    const done = () => {
      this.#unused--
      this.#send({ kind: 'used', bytes }, bytes)
    }
    try {
      this.#take(Buffer.from(bytes, 0, length), done, parts)
    } catch (error) {
      this.fail(error)
    }
  }

  async #emptyInput(): Promise<Buffer<ArrayBuffer>> {
    await this.until(() => this.#free.length > 0 || this.#inputs < inputsMost)
    const bytes = this.#free.pop()
    if (bytes === undefined) this.#inputs++
    return Buffer.from(bytes ?? new ArrayBuffer(inputSize))
  }

  #sendInput({ buffer }: Buffer<ArrayBuffer>): void {
    this.#send({ kind: 'input', bytes: buffer, length: this.#filled }, buffer)
    this.#filling = undefined
    this.#filled = 0
  }

  #send(message: ToThread, ...transfer: ArrayBuffer[]): void {
    this.#thread.postMessage(message, transfer)
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error
    if (this.#state === 'closed') throw new Error('the stream has been closed')
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}

/** The same for chunks that can be asked for; the next ones are inflated meanwhile. */
export async function* unzstdThreaded(
  thread: Worker,
  module: object,
  chunks: AsyncIterable<Buffer>,
  intake?: Intake,
): AsyncGenerator<Buffer> {
  const ready: { readonly chunk: Buffer; readonly done: () => void; readonly parts: Output['parts'] }[] = []
  const inflater = new ThreadedZstd(thread, module, (chunk, done, parts) => ready.push({ chunk, done, parts }))
  feed(inflater, chunks).catch(inflater.fail)
  try {
    for (;;) {
      await inflater.until(() => ready.length > 0 || inflater.ended)
      const next = ready.shift()
      if (next === undefined) return
      for (const [length, consumed] of next.parts) intake?.add(length, consumed)
      yield next.chunk
      next.done()
    }
  } finally {
    inflater.close()
  }
}

async function feed(inflater: ThreadedZstd, chunks: AsyncIterable<Buffer>): Promise<void> {
  for await (const chunk of chunks) await inflater.push(chunk)
  inflater.finish()
}

function errorOf(failure: Failure): Error {
  return failure instanceof Error ? failure : new ImgauditError(failure.code, failure.message, failure.fix)
}
