import type { Client, Metadata, MethodDefinition } from '@grpc/grpc-js'
import { ImgauditError } from '../../error.ts'
import { interrupted } from '../interruption.ts'
import { type Calls, messages, methods, type Streams } from './protocol.ts'

/** Milliseconds. */
const usualPatience = 20_000

/** In bytes: a node of a cluster has thousands of images, and lists them in one message. */
const largestMessage = 256 * 1024 * 1024

/** gRPC status codes that are looked for (grpc doc/statuscodes.md). */
export const status = { notFound: 5, permissionDenied: 7 } as const

/** What containerd answered instead of what it was asked for. */
export class ContainerdRefusal extends Error {
  /** gRPC status. */
  readonly status: number

  constructor(status: number, message: string, cause: unknown) {
    super(message, { cause })
    this.name = 'ContainerdRefusal'
    this.status = status
  }
}

type Method = Pick<MethodDefinition<object, object>, 'path' | 'requestSerialize' | 'responseDeserialize'>

/** A containerd, by its socket. Errors are ContainerdRefusal, also where nobody listens, and INTERRUPTED. */
export class ContainerdClient {
  readonly address: string
  readonly #client: Client
  readonly #methods: (name: keyof typeof methods) => Method
  readonly #metadata: (namespace: string | undefined) => Metadata
  readonly #signal: AbortSignal | undefined
  readonly #patience: number

  private constructor(
    address: string,
    client: Client,
    methodOf: (name: keyof typeof methods) => Method,
    metadata: (namespace: string | undefined) => Metadata,
    signal: AbortSignal | undefined,
    patience: number,
  ) {
    this.address = address
    this.#client = client
    this.#methods = methodOf
    this.#metadata = metadata
    this.#signal = signal
    this.#patience = patience
  }

  /** `address`: the path of a socket. It is dialled by the first call. `patience`: milliseconds that an answer which is
   *  no stream may take. */
  static async connect(
    address: string,
    signal: AbortSignal | undefined,
    patience = usualPatience,
  ): Promise<ContainerdClient> {
    // 110 ms, for those only who ask containerd.
    const [{ Client, credentials, Metadata }, { default: protobuf }] = await Promise.all([
      import('@grpc/grpc-js'),
      import('protobufjs'),
    ])
    const { root } = protobuf.parse(messages)
    const methodOf = (name: keyof typeof methods): Method => {
      const [path, request, answer] = methods[name]
      const [requestType, answerType] = [root.lookupType(request), root.lookupType(answer)]
      return {
        path,
        requestSerialize: value => Buffer.from(requestType.encode(value).finish()),
        responseDeserialize: bytes => answerType.toObject(answerType.decode(bytes), { longs: Number, defaults: true }),
      }
    }
    const metadata = (namespace: string | undefined) => {
      const sent = new Metadata()
      if (namespace !== undefined) sent.set('containerd-namespace', namespace)
      return sent
    }
    const client = new Client(`unix:${address}`, credentials.createInsecure(), {
      'grpc.max_receive_message_length': largestMessage,
      'grpc.enable_http_proxy': 0,
    })
    return new ContainerdClient(address, client, methodOf, metadata, signal, patience)
  }

  call<Name extends keyof Calls>(
    name: Name,
    request: Calls[Name]['request'],
    namespace?: string,
  ): Promise<Calls[Name]['answer']> {
    const { path, requestSerialize, responseDeserialize } = this.#methods(name)
    return new Promise((resolve, reject) => {
      if (this.#signal?.aborted) return reject(interrupted())
      const options = { deadline: Date.now() + this.#patience }
      const call = this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        this.#metadata(namespace),
        options,
        (error, answer) => {
          this.#signal?.removeEventListener('abort', stop)
          if (error) reject(this.#failure(error))
          else resolve(answer as Calls[Name]['answer'])
        },
      )
      const stop = () => call.cancel()
      this.#signal?.addEventListener('abort', stop, { once: true })
    })
  }

  async *stream<Name extends keyof Streams>(
    name: Name,
    request: Streams[Name]['request'],
    namespace?: string,
  ): AsyncGenerator<Streams[Name]['answer']> {
    const { path, requestSerialize, responseDeserialize } = this.#methods(name)
    if (this.#signal?.aborted) throw interrupted()
    const metadata = this.#metadata(namespace)
    const answers = this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, metadata)
    const stop = () => answers.cancel()
    this.#signal?.addEventListener('abort', stop, { once: true })
    try {
      for await (const answer of answers) yield answer as Streams[Name]['answer']
    } catch (error) {
      throw this.#failure(error)
    } finally {
      this.#signal?.removeEventListener('abort', stop)
      answers.cancel()
    }
  }

  close(): void {
    this.#client.close()
  }

  #failure(error: unknown): Error {
    if (error instanceof ImgauditError) return error
    if (this.#signal?.aborted) return interrupted()
    const [code, said] = [field(error, 'code'), field(error, 'details')]
    const message = typeof said === 'string' ? said : String(error)
    return new ContainerdRefusal(typeof code === 'number' ? code : 2, message, error)
  }
}

function field(error: unknown, name: 'code' | 'details'): unknown {
  return error instanceof Error && name in error ? Object.entries(error).find(([key]) => key === name)?.[1] : undefined
}
