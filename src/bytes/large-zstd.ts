import type { Inflater } from './inflater.ts'
import type { Emit, Intake } from './intake.ts'
import { peek } from './peek.ts'
import { type Take, ThreadedZstd, unzstdThreaded } from './threaded-zstd.ts'
import { borrowThread, threadsMost } from './threads.ts'
import { unzstd, ZstdInflater } from './zstd.ts'
import { compileZstd } from './zstd-module.ts'

/** In bytes of input. What is smaller is inflated in less time than a thread takes to start, 50 ms. */
const large = 1024 * 1024

/**
 * Inflates zstd that is pushed at it, in a thread where it is large and one is free. So as to know, it keeps what comes
 * until then, and emits nothing.
 */
export class AnyZstdInflater implements Inflater {
  readonly #emit: Emit
  readonly #kept: Buffer[] = []
  #length = 0
  #inflater: Inflater | undefined
  #closed = false

  constructor(emit: Emit) {
    this.#emit = emit
    if (threadsMost() === 0) this.#inflater = new ZstdInflater(emit)
  }

  get consumed(): number {
    return this.#inflater?.consumed ?? 0
  }

  push(chunk: Buffer): void | Promise<void> {
    if (this.#inflater !== undefined) return this.#inflater.push(chunk)
    this.#kept.push(Buffer.from(chunk))
    this.#length += chunk.length
    if (this.#length >= large) return this.#begin()
  }

  async end(): Promise<void> {
    if (this.#inflater === undefined) await this.#begin()
    await this.#inflater?.end()
  }

  close(): void {
    this.#closed = true
    this.#kept.length = 0
    this.#inflater?.close()
  }

  async #begin(): Promise<void> {
    const module = await compileZstd()
    const thread = this.#length >= large && !this.#closed ? borrowThread() : undefined
    const inflater =
      thread === undefined ? new ZstdInflater(this.#emit) : new ThreadedZstd(thread, module, taking(this.#emit))
    this.#inflater = inflater
    for (const chunk of this.#kept.splice(0)) await inflater.push(chunk)
  }
}

/** The same for chunks that can be asked for. */
export async function* unzstdAny(chunks: AsyncIterable<Buffer>, intake?: Intake): AsyncGenerator<Buffer> {
  if (threadsMost() === 0) {
    yield* unzstd(chunks, intake)
    return
  }
  const peeked = await peek(chunks, large)
  const module = await compileZstd()
  const thread = peeked.head.length >= large ? borrowThread() : undefined
  yield* thread === undefined ? unzstd(peeked.chunks, intake) : unzstdThreaded(thread, module, peeked.chunks, intake)
}

/** A chunk that is emitted is done with when that returns. */
export function taking(emit: Emit): Take {
  return (chunk, done, parts) => {
    let at = 0
    for (const [length, consumed] of parts) {
      emit(chunk.subarray(at, at + length), consumed)
      at += length
    }
    done()
  }
}
