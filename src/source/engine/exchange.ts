import type { IncomingMessage } from 'node:http'
import { PassThrough, pipeline } from 'node:stream'
import type Dockerode from 'dockerode'
import { codeOf, reasonOf } from '../../bytes/reason.ts'
import { ImgauditError } from '../../error.ts'
import { checkInterrupted, interrupted } from '../interruption.ts'
import type { OpenOptions } from '../source.ts'
import type { EngineAddress } from './address.ts'
import { type Connection, connection } from './connection.ts'
import { Patience } from './patience.ts'

/** Bytes of a body that are taken off the socket before they are asked for. */
const readAhead = 4 * 1024 * 1024

/** Statuses are looked at here: of all but these docker-modem would read the body itself, for as long as that takes. */
const statusCodes = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [at + 100, true] as const))

/** What is asked of an engine. */
export interface Question {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** With the version of the API. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: object
  readonly auth?: object
  /** Is carried through when the run is interrupted, if that takes a few seconds at most. */
  readonly uninterrupted?: true
}

/** What an engine answers. */
export interface EngineAnswer {
  /** HTTP status. */
  readonly status: number
  readonly body: AsyncIterable<Buffer>
}

/** Questions to an engine and the answers as they come, for as long as it says something. */
export class Exchange {
  readonly #address: EngineAddress
  readonly #connection: Connection
  readonly #signal: AbortSignal | undefined
  readonly #patience: Patience
  readonly #hurry: () => void

  private constructor(
    address: EngineAddress,
    connection: Connection,
    { signal, timeout }: Pick<OpenOptions, 'signal' | 'timeout'>,
  ) {
    this.#address = address
    this.#connection = connection
    this.#signal = signal
    const patience = new Patience(`the engine at ${address.text}`, timeout)
    this.#patience = patience
    this.#hurry = () => patience.hurry()
    signal?.addEventListener('abort', this.#hurry, { once: true })
  }

  /** Nothing is dialled yet. */
  static async open(
    program: 'docker' | 'podman',
    address: EngineAddress,
    options: Pick<OpenOptions, 'signal' | 'timeout' | 'env'>,
  ): Promise<Exchange> {
    return new Exchange(address, await connection(program, address, options.env), options)
  }

  /** Throws ENGINE_FAILED when the connection breaks, whose cause says how, ENGINE_SILENT, and INTERRUPTED; so does the body. */
  async ask(question: Question): Promise<EngineAnswer> {
    const signal = question.uninterrupted ? undefined : this.#signal
    checkInterrupted(signal)
    const stop = new AbortController()
    const abort = () => stop.abort()
    signal?.addEventListener('abort', abort, { once: true })
    try {
      const answer = await this.#patience.hear(dial(this.#connection.docker, question, stop.signal))
      return { status: answer.statusCode ?? 0, body: this.#whole(answer, signal) }
    } catch (error) {
      stop.abort()
      throw this.#failure(error)
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  /** Throws INTERRUPTED once the run is. */
  checkInterrupted(): void {
    checkInterrupted(this.#signal)
  }

  /** Hangs up, whatever is under way. */
  close(): void {
    this.#signal?.removeEventListener('abort', this.#hurry)
    this.#connection.agent.destroy()
  }

  async *#whole(body: IncomingMessage, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
    const stop = () => body.destroy(interrupted())
    signal?.addEventListener('abort', stop, { once: true })
    // The engine sends 20 KB at a time, and stops for each one when it is not taken off at once.
    const taken = new PassThrough({ highWaterMark: readAhead })
    pipeline(body, taken, () => {})
    const chunks: AsyncIterator<Buffer, undefined> = taken[Symbol.asyncIterator]()
    try {
      checkInterrupted(signal)
      for (;;) {
        const { done, value } = await this.#patience.hear(chunks.next())
        if (done) return
        yield value
      }
    } catch (error) {
      throw this.#failure(error)
    } finally {
      signal?.removeEventListener('abort', stop)
      taken.destroy()
      body.destroy()
    }
  }

  #failure(error: unknown): Error {
    if (this.#signal?.aborted) return interrupted()
    if (error instanceof ImgauditError) return error
    return new ImgauditError(
      'ENGINE_FAILED',
      `the engine at ${this.#address.text} broke off: ${codeOf(error) ?? reasonOf(error)}`,
      'see whether it still runs, and run the same command again',
      { cause: error },
    )
  }
}

function dial(docker: Dockerode, question: Question, abortSignal: AbortSignal): Promise<IncomingMessage> {
  const { method, path, query = {}, body, auth } = question
  const call = {
    path: `${path}?`,
    method,
    options: body === undefined ? query : { _query: query, _body: body },
    isStream: true,
    statusCodes,
    abortSignal,
    ...(auth === undefined ? {} : { authconfig: auth }),
  }
  return new Promise((resolve, reject) => {
    docker.modem.dial(call, (error: unknown, answer: unknown) =>
      error ? reject(error) : resolve(answer as IncomingMessage),
    )
  })
}
