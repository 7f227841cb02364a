import type { Client, Metadata, MethodDefinition } from '@grpc/grpc-js'
import { ImgauditError } from '../../error.ts'
import { Patience } from '../engine/patience.ts'
import { checkInterrupted, interrupted } from '../interruption.ts'
import type { OpenOptions } from '../source.ts'
import { type Calls, messages, methods, type Streams } from './protocol.ts'

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

/** A containerd, by its socket. Errors are ContainerdRefusal, also where nobody listens, ENGINE_SILENT, and INTERRUPTED. */
export class ContainerdClient {
  readonly address: string
  readonly #client: Client
  readonly #methods: (name: keyof typeof methods) => Method
  readonly #metadata: (namespace: string | undefined) => Metadata
  readonly #signal: AbortSignal | undefined
  readonly #patience: Patience
  /** What ends each call under way. */
  readonly #stops = new Set<() => void>()

  private constructor(
    address: string,
    client: Client,
    methodOf: (name: keyof typeof methods) => Method,
    metadata: (namespace: string | undefined) => Metadata,
    signal: AbortSignal | undefined,
    timeout: number | undefined,
  ) {
    this.address = address
    this.#client = client
    this.#methods = methodOf
    this.#metadata = metadata
    this.#signal = signal
    this.#patience = new Patience(`the containerd at ${address}`, timeout)
  }

  /** `address`: the path of a socket. It is dialled by the first call. */
  static async connect(
    address: string,
    { signal, timeout }: Pick<OpenOptions, 'signal' | 'timeout'>,
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
    return new ContainerdClient(address, client, methodOf, metadata, signal, timeout)
  }

  /** An answer is one message, all of which is waited for. */
  async call<Name extends keyof Calls>(
    name: Name,
    request: Calls[Name]['request'],
    namespace?: string,
  ): Promise<Calls[Name]['answer']> {
    const { path, requestSerialize, responseDeserialize } = this.#methods(name)
    checkInterrupted(this.#signal)
    let stop = () => {}
    const answer = new Promise<object | undefined>((resolve, reject) => {
      const metadata = this.#metadata(namespace)
      const done = (error: Error | null, answer?: object) => (error ? reject(error) : resolve(answer))
      const call = this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, done)
      stop = this.#stopping(call)
    })
    try {
      return (await this.#patience.hear(answer)) as Calls[Name]['answer']
    } catch (error) {
      stop()
      throw this.#failure(error)
    } finally {
      this.#forget(stop)
    }
  }

  async *stream<Name extends keyof Streams>(
    name: Name,
    request: Streams[Name]['request'],
    namespace?: string,
  ): AsyncGenerator<Streams[Name]['answer']> {
    const { path, requestSerialize, responseDeserialize } = this.#methods(name)
    checkInterrupted(this.#signal)
    const metadata = this.#metadata(namespace)
    const answers = this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, metadata)
    const stop = this.#stopping(answers)
    const coming: AsyncIterator<object, undefined> = answers[Symbol.asyncIterator]()
    try {
      for (;;) {
        const { done, value } = await this.#patience.hear(coming.next())
        if (done) return
        yield value as Streams[Name]['answer']
      }
    } catch (error) {
      throw this.#failure(error)
    } finally {
      this.#forget(stop)
      stop()
    }
  }

  /** Hangs up, whatever is under way: gRPC itself would wait for calls to end. */
  close(): void {
    for (const stop of this.#stops) stop()
    this.#client.close()
  }

  #stopping(call: { cancel(): void }): () => void {
    const stop = () => call.cancel()
    this.#stops.add(stop)
    this.#signal?.addEventListener('abort', stop, { once: true })
    return stop
  }

  #forget(stop: () => void): void {
    this.#stops.delete(stop)
    this.#signal?.removeEventListener('abort', stop)
  }

  #failure(error: unknown): Error {
    if (this.#signal?.aborted) return interrupted()
    if (error instanceof ImgauditError) return error
    const [code, said] = [field(error, 'code'), field(error, 'details')]
    const message = typeof said === 'string' ? said : String(error)
    return new ContainerdRefusal(typeof code === 'number' ? code : 2, message, error)
  }
}

function field(error: unknown, name: 'code' | 'details'): unknown {
  return error instanceof Error && name in error ? Object.entries(error).find(([key]) => key === name)?.[1] : undefined
}
