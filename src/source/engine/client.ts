import { accessSync } from 'node:fs'
import { PassThrough, pipeline, type Readable } from 'node:stream'
import type Dockerode from 'dockerode'
import { codeOf, reasonOf } from '../../bytes/reason.ts'
import { ImgauditError } from '../../error.ts'
import { isObject, type JsonObject } from '../../image/document.ts'
import { checkInterrupted, interrupted } from '../interruption.ts'
import type { OpenOptions } from '../source.ts'
import type { EngineAddress } from './address.ts'
import { sshAgent } from './ssh.ts'

/** The newest API that this was tried with. A server's own version is used when that is older; it refuses newer ones. */
const newestApi = '1.52'

/** Bytes of a body that are taken off the socket before they are asked for. */
const readAhead = 4 * 1024 * 1024

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

/** One call of the Docker API, as docker-modem wants it. */
interface Call {
  readonly path: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly options?: object
  readonly isStream?: boolean
  readonly authconfig?: object
}

/** An engine that speaks the Docker API. */
export class EngineClient {
  readonly address: EngineAddress
  /** The version of the API that both speak. */
  readonly api: string
  readonly #docker: Dockerode
  readonly #signal: AbortSignal | undefined

  private constructor(address: EngineAddress, api: string, docker: Dockerode, signal: AbortSignal | undefined) {
    this.address = address
    this.api = api
    this.#docker = docker
    this.#signal = signal
  }

  /** Throws NoAnswer where nobody listens there. */
  static async connect(
    program: 'docker' | 'podman',
    address: EngineAddress,
    { signal, env }: Pick<OpenOptions, 'signal' | 'env'>,
  ): Promise<EngineClient> {
    try {
      // A socket that is not there is the usual case where there is no engine: told without the import.
      if (address.socketPath?.startsWith('/')) accessSync(address.socketPath)
      // The slowest import of the program (150 ms), for those only who audit what an engine has.
      const { default: Docker } = await import('dockerode')
      const where = connection(program, address, env)
      const unversioned = new Docker(where)
      const server = await serverApi(unversioned, signal)
      const api = compareVersions(server, newestApi) < 0 ? server : newestApi
      return new EngineClient(address, api, new Docker({ ...where, version: `v${api}` }), signal)
    } catch (error) {
      if (signal?.aborted) throw interrupted()
      throw new NoAnswer(address, codeOf(error) ?? reasonOf(error), error)
    }
  }

  atLeast(version: string): boolean {
    return compareVersions(this.api, version) >= 0
  }

  /** Throws EngineRefusal, and ENGINE_FAILED when the connection breaks. */
  async json(path: string, options: Readonly<Record<string, string>> = {}): Promise<JsonObject> {
    const answer = await this.#call({ path: `${path}?`, method: 'GET', options })
    return isObject(answer) ? answer : {}
  }

  /** Makes something. Not interrupted: what was asked for may have been made, and must be known to be removed. Throws as
   *  the others. */
  async post(path: string, query: Readonly<Record<string, string>>, body: object): Promise<JsonObject> {
    const options = { _query: query, _body: body }
    const answer = await this.#call({ path: `${path}?`, method: 'POST', options }, false)
    return isObject(answer) ? answer : {}
  }

  /** Removes something, also when the run is interrupted. Throws as the others. */
  async remove(path: string, query: Readonly<Record<string, string>>): Promise<void> {
    await this.#call({ path: `${path}?`, method: 'DELETE', options: query }, false)
  }

  /** A list; where it is of what may have to be removed, also when the run is interrupted. Throws as the others. */
  async list(
    path: string,
    options: Readonly<Record<string, string>>,
    interruptible: boolean,
  ): Promise<readonly JsonObject[]> {
    const answer = await this.#call({ path: `${path}?`, method: 'GET', options }, interruptible)
    return Array.isArray(answer) ? answer.filter(isObject) : []
  }

  /** Throws INTERRUPTED once the run is. */
  checkInterrupted(): void {
    checkInterrupted(this.#signal)
  }

  /** The body as it comes. Throws EngineRefusal, and ENGINE_FAILED when the connection breaks. */
  async stream(
    method: 'GET' | 'POST',
    path: string,
    options: Readonly<Record<string, string>> = {},
    auth?: object,
  ): Promise<AsyncIterable<Buffer>> {
    const call = {
      path: `${path}?`,
      method,
      options,
      isStream: true,
      ...(auth === undefined ? {} : { authconfig: auth }),
    }
    const body = await this.#call(call)
    return this.#whole(body as Readable)
  }

  async *#whole(body: Readable): AsyncGenerator<Buffer> {
    const stop = () => body.destroy(interrupted())
    this.#signal?.addEventListener('abort', stop, { once: true })
    // The engine sends 20 KB at a time, and stops for each one when it is not taken off at once.
    const taken = new PassThrough({ highWaterMark: readAhead })
    pipeline(body, taken, () => {})
    try {
      yield* taken
    } catch (error) {
      throw this.#failure(error)
    } finally {
      this.#signal?.removeEventListener('abort', stop)
      taken.destroy()
      body.destroy()
    }
  }

  async #call(call: Call, interruptible = true): Promise<unknown> {
    try {
      return await dial(this.#docker, call, interruptible ? this.#signal : undefined)
    } catch (error) {
      throw this.#failure(error)
    }
  }

  #failure(error: unknown): Error {
    if (error instanceof ImgauditError) return error
    if (this.#signal?.aborted) return interrupted()
    const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
    if (typeof status === 'number') return new EngineRefusal(status, messageOf(error))
    return new ImgauditError(
      'ENGINE_FAILED',
      `the engine at ${this.address.text} broke off: ${codeOf(error) ?? reasonOf(error)}`,
      'see whether it still runs, and run the same command again',
      { cause: error },
    )
  }
}

// Every field is given, undefined included: docker-modem fills what is left out from this process's own DOCKER_HOST.
function connection(
  program: 'docker' | 'podman',
  address: EngineAddress,
  env: OpenOptions['env'],
): Dockerode.DockerOptions {
  // docker-modem's own SSH knows no hosts, no key files and no configuration, and dies of its URLs from Node 26 on.
  const throughSsh = address.protocol === 'ssh'
  const options = {
    socketPath: address.socketPath,
    host: throughSsh ? 'localhost' : address.host,
    port: throughSsh ? undefined : address.port,
    protocol: throughSsh ? 'http' : (address.protocol ?? 'http'),
    username: undefined,
    agent: throughSsh ? sshAgent(program, address, env) : undefined,
    ca: address.tls?.ca,
    cert: address.tls?.cert,
    key: address.tls?.key,
    pathPrefix: '/',
  }
  return options as Dockerode.DockerOptions
}

function dial(docker: Dockerode, call: Call, signal: AbortSignal | undefined): Promise<unknown> {
  const statusCodes = { 200: true, 201: true, 204: true }
  const request = { ...call, statusCodes, ...(signal === undefined ? {} : { abortSignal: signal }) }
  return new Promise((resolve, reject) => {
    docker.modem.dial(request, (error: unknown, answer: unknown) => (error ? reject(error) : resolve(answer)))
  })
}

/** The newest API that the server speaks. Asked without a version in the path: a server refuses those that it is past. */
async function serverApi(docker: Dockerode, signal: AbortSignal | undefined): Promise<string> {
  const version = await dial(docker, { path: '/version?', method: 'GET' }, signal)
  const api = isObject(version) ? version.ApiVersion : undefined
  return typeof api === 'string' && /^\d+\.\d+$/.test(api) ? api : '1.24'
}

/** Negative where `left` is older. */
function compareVersions(left: string, right: string): number {
  const [leftMajor = 0, leftMinor = 0] = left.split('.').map(Number)
  const [rightMajor = 0, rightMinor = 0] = right.split('.').map(Number)
  return leftMajor - rightMajor || leftMinor - rightMinor
}

/** The engine's own sentence, out of docker-modem's. */
function messageOf(error: unknown): string {
  const json = error instanceof Error && 'json' in error ? error.json : undefined
  const own = isObject(json) ? json.message : undefined
  if (typeof own === 'string') return own
  // Of a body that was to be streamed docker-modem keeps the text only, behind one of its own.
  const said = error instanceof Error ? error.message : String(error)
  return said.replace(/^\(HTTP code \d+\) .*? - /, '').trim()
}
