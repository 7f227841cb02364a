import type { Inflater } from './inflater.ts'
import type { Emit, Intake } from './intake.ts'
import { cut, FrameHead, fault } from './zstd-frame.ts'
import { instantiateZstd, type ZstdExports } from './zstd-module.ts'

const inputSize = 128 * 1024

// In the decoder's memory: a ZSTD_inBuffer and a ZSTD_outBuffer, each of pointer, size and position, 4 bytes each.
const structsSize = 24

/** RFC 8878, 3.1.1: of a frame, in bytes; what zstd asks for first. */
const shortestHead = 5

/** Above it a result is an error: the negative of a code of zstd_errors.h. */
const lastResult = 0xffffff88

/**
 * zstd's own streaming decoder: any number of frames, skippable ones among them, checksums checked (RFC 8878). Node's own
 * stops after the first frame and reports success (https://github.com/nodejs/node/issues/64741).
 */
class Decoder {
  readonly #zstd: ZstdExports
  readonly #input: number
  readonly #output: number
  readonly #outputSize: number
  readonly #structs: number
  readonly #context: number
  readonly #frame = new FrameHead()
  #view: DataView
  /** 0 when a frame has just ended, all of it handed out; else zstd's guess of how much more it needs. */
  #open = 0
  consumed = 0

  constructor(zstd: ZstdExports) {
    this.#zstd = zstd
    this.#outputSize = zstd.ZSTD_DStreamOutSize()
    this.#input = zstd.malloc(inputSize)
    this.#output = zstd.malloc(this.#outputSize)
    this.#structs = zstd.malloc(structsSize)
    this.#context = zstd.ZSTD_createDCtx()
    this.#view = new DataView(zstd.memory.buffer)
  }

  /** Yields views of the decoder's memory, each valid until the next is asked for. */
  *decode(chunk: Buffer): Generator<Buffer> {
    for (let at = 0; at < chunk.length; at += inputSize) {
      const part = chunk.subarray(at, at + inputSize)
      Buffer.from(this.#zstd.memory.buffer, this.#input, inputSize).set(part)
      let position = 0
      let full = false
      do {
        if (this.#open === 0) this.#frame.reset()
        this.#frame.add(part, position)
        const step = this.#step(part.length, position)
        this.consumed += step.position - position
        position = step.position
        full = step.output === this.#outputSize
        if (step.output > 0) yield Buffer.from(this.#zstd.memory.buffer, this.#output, step.output)
        // A full output may hide that there is more, but not behind the end of a frame: there, asking once more would
        // begin a frame that never comes.
      } while (position < part.length || (full && this.#open !== 0))
    }
  }

  end(): void {
    if (this.#open !== 0 || this.consumed === 0) throw cut()
  }

  #step(size: number, position: number): { position: number; output: number } {
    const input = this.#structs
    const output = input + 12
    // With more than it asks for it inflates the next block as well, which it then holds back: where in the input a byte
    // came from would be known by two blocks only.
    this.#fill(input, this.#input, Math.min(size, position + (this.#open || shortestHead)), position)
    this.#fill(output, this.#output, this.#outputSize, 0)
    const result = this.#zstd.ZSTD_decompressStream(this.#context, output, input) >>> 0
    if (result > lastResult) throw fault(2 ** 32 - result, this.#frame, this.consumed)
    this.#open = result
    const view = this.#memory()
    return { position: view.getUint32(input + 8, true), output: view.getUint32(output + 8, true) }
  }

  #fill(struct: number, pointer: number, size: number, position: number): void {
    const view = this.#memory()
    view.setUint32(struct, pointer, true)
    view.setUint32(struct + 4, size, true)
    view.setUint32(struct + 8, position, true)
  }

  /** Memory that grows gets a new buffer, and the old one loses its bytes. */
  #memory(): DataView {
    const { buffer } = this.#zstd.memory
    if (this.#view.buffer !== buffer) this.#view = new DataView(buffer)
    return this.#view
  }
}

/** Inflates zstd that is pushed at it, on the caller's thread. Only the first push needs a promise: it loads the decoder. */
export class ZstdInflater implements Inflater {
  readonly #emit: Emit
  #decoder: Decoder | undefined

  constructor(emit: Emit) {
    this.#emit = emit
  }

  get consumed(): number {
    return this.#decoder?.consumed ?? 0
  }

  push(chunk: Buffer): void | Promise<void> {
    return this.#decoder ? this.#decode(this.#decoder, chunk) : this.#load(chunk)
  }

  async end(): Promise<void> {
    if (!this.#decoder) throw cut()
    this.#decoder.end()
  }

  close(): void {
    this.#decoder = undefined
  }

  async #load(chunk: Buffer): Promise<void> {
    this.#decoder = new Decoder(await instantiateZstd())
    this.#decode(this.#decoder, chunk)
  }

  #decode(decoder: Decoder, chunk: Buffer): void {
    for (const part of decoder.decode(chunk)) this.#emit(part, decoder.consumed)
  }
}

/** The same for chunks that can be asked for. */
export async function* unzstd(chunks: AsyncIterable<Buffer>, intake?: Intake): AsyncGenerator<Buffer> {
  const decoder = new Decoder(await instantiateZstd())
  for await (const chunk of chunks) {
    for (const part of decoder.decode(chunk)) {
      intake?.add(part.length, decoder.consumed)
      yield part
    }
  }
  decoder.end()
}
