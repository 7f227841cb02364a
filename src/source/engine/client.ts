import { accessSync } from 'node:fs'
import { codeOf, reasonOf } from '../../bytes/reason.ts'
import { ImgauditError } from '../../error.ts'
import { isObject, type JsonObject, text } from '../../image/document.ts'
import { interrupted } from '../interruption.ts'
import type { OpenOptions } from '../source.ts'
import type { EngineAddress } from './address.ts'
import { Exchange, type Question } from './exchange.ts'

/** The newest API that this was tried with. A server's own version is used when that is older; it refuses newer ones. */
const newestApi = '1.52'

/** In bytes, of an answer that is no stream: a machine with thousands of images lists them in fewer. */
const largestAnswer = 256 * 1024 * 1024

/** What an engine answered instead of what it was asked for. */
export class EngineRefusal extends Error {
  /** HTTP status. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'EngineRefusal'
    this.status = status
  }
}

/** Why an address did not answer, in the words of the operating system: ENOENT, ECONNREFUSED, EACCES. */
export class NoAnswer extends Error {
  readonly address: EngineAddress
  readonly reason: string

  constructor(address: EngineAddress, reason: string, cause: unknown) {
    super(`${address.text}: ${reason}`, { cause })
    this.name = 'NoAnswer'
    this.address = address
    this.reason = reason
  }
}

/** An engine that speaks the Docker API. Errors of all requests, and of what they answer with: EngineRefusal, ENGINE_FAILED
 *  when the connection breaks, ENGINE_SILENT, and INTERRUPTED. */
export class EngineClient {
  readonly address: EngineAddress
  /** The version of the API that both speak. */
  readonly api: string
  readonly #exchange: Exchange

  private constructor(address: EngineAddress, api: string, exchange: Exchange) {
    this.address = address
    this.api = api
    this.#exchange = exchange
  }

  /** Throws NoAnswer where no engine listens there, and ENGINE_SILENT. */
  static async connect(
    program: 'docker' | 'podman',
    address: EngineAddress,
    options: Pick<OpenOptions, 'signal' | 'timeout' | 'env'>,
  ): Promise<EngineClient> {
    let exchange: Exchange | undefined
    try {
      // A socket that is not there is the usual case where there is no engine: told without the import.
      if (address.socketPath?.startsWith('/')) accessSync(address.socketPath)
      exchange = await Exchange.open(program, address, options)
      const server = await serverApi(exchange)
      const api = compareVersions(server, newestApi) < 0 ? server : newestApi
      return new EngineClient(address, api, exchange)
    } catch (error) {
      exchange?.close()
      if (options.signal?.aborted) throw interrupted()
      const isBreak = error instanceof ImgauditError && error.code === 'ENGINE_FAILED'
      if (error instanceof ImgauditError && !isBreak) throw error
      const cause = isBreak && error.cause !== undefined ? error.cause : error
      throw new NoAnswer(address, codeOf(cause) ?? reasonOf(cause), cause)
    }
  }

  atLeast(version: string): boolean {
    return compareVersions(this.api, version) >= 0
  }

  async json(path: string, query: Readonly<Record<string, string>> = {}): Promise<JsonObject> {
    const answer = await this.#answer({ method: 'GET', path, query })
    return isObject(answer) ? answer : {}
  }

  /** Makes something. Not interrupted: what was asked for may have been made, and must be known to be removed. */
  async post(path: string, query: Readonly<Record<string, string>>, body: object): Promise<JsonObject> {
    const answer = await this.#answer({ method: 'POST', path, query, body, uninterrupted: true })
    return isObject(answer) ? answer : {}
  }

  /** Removes something, also when the run is interrupted. */
  async remove(path: string, query: Readonly<Record<string, string>>): Promise<void> {
    await this.#answer({ method: 'DELETE', path, query, uninterrupted: true })
  }

  /** A list; where it is of what may have to be removed, also when the run is interrupted. */
  async list(
    path: string,
    query: Readonly<Record<string, string>>,
    interruptible: boolean,
  ): Promise<readonly JsonObject[]> {
    const question = { method: 'GET', path, query } as const
    const answer = await this.#answer(interruptible ? question : { ...question, uninterrupted: true })
    return Array.isArray(answer) ? answer.filter(isObject) : []
  }

  /** Throws INTERRUPTED once the run is. */
  checkInterrupted(): void {
    this.#exchange.checkInterrupted()
  }

  /** The body as it comes. */
  async stream(
    method: 'GET' | 'POST',
    path: string,
    query: Readonly<Record<string, string>> = {},
    auth?: object,
  ): Promise<AsyncIterable<Buffer>> {
    const question = { method, path: this.#versioned(path), query, ...(auth === undefined ? {} : { auth }) }
    return accepted(this.#exchange, question)
  }

  /** Hangs up, whatever is under way. */
  close(): void {
    this.#exchange.close()
  }

  #answer(question: Question): Promise<unknown> {
    return answerOf(this.#exchange, { ...question, path: this.#versioned(question.path) })
  }

  #versioned(path: string): string {
    return `/v${this.api}${path}`
  }
}

/** The newest API that the server speaks. Asked without a version in the path: a server refuses those that it is past. */
async function serverApi(exchange: Exchange): Promise<string> {
  const version = await answerOf(exchange, { method: 'GET', path: '/version' })
  const api = isObject(version) ? text(version, 'ApiVersion') : undefined
  return api !== undefined && /^\d+\.\d+$/.test(api) ? api : '1.24'
}

/** What is answered in JSON; undefined where nothing is. */
async function answerOf(exchange: Exchange, question: Question): Promise<unknown> {
  const said = (await textOf(await accepted(exchange, question))).trim()
  if (said === '') return undefined
  try {
    return JSON.parse(said)
  } catch {
    throw noAnswer(`${JSON.stringify(said.slice(0, 80))}, which is no JSON`)
  }
}

/** The body of an answer that is no refusal. */
async function accepted(exchange: Exchange, question: Question): Promise<AsyncIterable<Buffer>> {
  const { status, body } = await exchange.ask(question)
  if (status === 200 || status === 201 || status === 204) return body
  throw new EngineRefusal(status, messageOf(await textOf(body)) || `it answered with status ${status}`)
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of body) {
    size += piece.length
    if (size > largestAnswer) throw noAnswer(`more than ${largestAnswer} bytes`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

/** The engine's own sentence. */
function messageOf(said: string): string {
  try {
    const answer: unknown = JSON.parse(said)
    return (isObject(answer) ? text(answer, 'message') : undefined) ?? shortened(said)
  } catch {
    return shortened(said)
  }
}

/** What stands before a socket may answer with a page. */
function shortened(said: string): string {
  return said.trim().slice(0, 200)
}

function noAnswer(what: string): ImgauditError {
  const fix = 'see whether an engine listens there, and look into its log'
  return new ImgauditError('ENGINE_FAILED', `the engine answered with ${what}`, fix)
}

/** Negative where `left` is older. */
function compareVersions(left: string, right: string): number {
  const [leftMajor = 0, leftMinor = 0] = left.split('.').map(Number)
  const [rightMajor = 0, rightMinor = 0] = right.split('.').map(Number)
  return leftMajor - rightMajor || leftMinor - rightMinor
}
