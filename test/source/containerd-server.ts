import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  status,
} from '@grpc/grpc-js'
import protobuf from 'protobufjs'
import { onTestFinished } from 'vitest'
import { messages, methods } from '../../src/source/containerd/protocol.ts'
import { scratch } from './open.ts'

/** A containerd, as far as its socket shows it. */
export interface Containerd {
  readonly env: { readonly CONTAINERD_ADDRESS: string }
  readonly address: string
  /** Blobs that were read through the socket, by digest. */
  readonly read: string[]
  /** Blobs that it was asked about, by digest. */
  readonly looked: string[]
}

/** Where it says nothing more. */
export interface Silence {
  readonly call: keyof typeof methods
  /** Of a blob, so many bytes come first. */
  readonly after?: number
  /** This blob alone is withheld. */
  readonly digest?: string
  /** Milliseconds: behind those each message comes so late, instead of never. */
  readonly every?: number
}

/** Images by namespace and name: digests. Blobs lie in `folder`; it says that its content store is in `root`. `breakAfter`:
 *  it breaks off after so many bytes of a blob. */
export async function containerdServer(
  images: Readonly<Record<string, Readonly<Record<string, string>>>>,
  folder: string,
  root: string | undefined = folder,
  breakAfter = Number.POSITIVE_INFINITY,
  silence?: Silence,
): Promise<Containerd> {
  const read: string[] = []
  const looked: string[] = []
  const types = protobuf.parse(messages).root
  const server = new Server()
  const blob = (digest: string) => join(folder, 'blobs', digest.replace(':', '/'))
  const namespaceOf = (metadata: Metadata) => String(metadata.get('containerd-namespace')[0])

  const definition = (name: keyof typeof methods, responseStream: boolean) => {
    const [path, request, answer] = methods[name]
    const [requestType, answerType] = [types.lookupType(request), types.lookupType(answer)]
    return {
      path,
      requestStream: false,
      responseStream,
      requestSerialize: () => Buffer.alloc(0),
      requestDeserialize: (bytes: Buffer) =>
        requestType.toObject(requestType.decode(bytes), { longs: Number, defaults: true }),
      responseSerialize: (value: object) => Buffer.from(answerType.encode(value).finish()),
      responseDeserialize: (bytes: Buffer) => bytes,
    }
  }
  type Unary = handleUnaryCall<Record<string, unknown>, object>
  type Streaming = handleServerStreamingCall<Record<string, unknown>, object>

  const listImages: Unary = ({ metadata }, answer) => {
    const named = Object.entries(images[namespaceOf(metadata)] ?? {})
    answer(null, { images: named.map(([name, digest]) => ({ name, target: { digest } })) })
  }
  const listNamespaces: Unary = (_, answer) => answer(null, { namespaces: Object.keys(images).map(name => ({ name })) })
  const plugins: Unary = (_, answer) => answer(null, { plugins: [{ exports: root === undefined ? {} : { root } }] })
  const notFound = (digest: unknown) => {
    return { code: status.NOT_FOUND, details: `content ${digest}: not found`, metadata: new Metadata() }
  }
  const contentInfo: Unary = ({ request }, answer) => {
    const digest = String(request.digest)
    looked.push(digest)
    if (existsSync(blob(digest))) answer(null, { info: { digest, size: statSync(blob(digest)).size } })
    else answer(notFound(digest))
  }
  const readContent: Streaming = async call => {
    const { digest, offset, size } = call.request
    const bytes = existsSync(blob(String(digest))) ? readFileSync(blob(String(digest))) : undefined
    if (bytes === undefined) {
      call.emit('error', notFound(digest))
      return
    }
    read.push(String(digest))
    const wanted = bytes.subarray(Number(offset), Number(size) === 0 ? undefined : Number(offset) + Number(size))
    const { after = 0, every = Number.POSITIVE_INFINITY } =
      silence?.call === 'readContent' && (silence.digest ?? digest) === digest
        ? silence
        : { after: Number.POSITIVE_INFINITY }
    for (let at = 0; at < Math.min(wanted.length, breakAfter); at += 30_000) {
      if (at >= after && every === Number.POSITIVE_INFINITY) return
      if (at >= after) await new Promise(resolve => setTimeout(resolve, every))
      call.write({ offset: at, data: wanted.subarray(at, Math.min(at + 30_000, breakAfter)) })
    }
    if (wanted.length > breakAfter) call.emit('error', { code: status.UNAVAILABLE, details: 'closing' })
    else call.end()
  }
  const unlessSilent = (name: keyof typeof methods, answer: Unary): Unary =>
    silence?.call === name ? () => {} : answer
  for (const [name, answer] of Object.entries({ listImages, listNamespaces, plugins, contentInfo }) as [
    keyof typeof methods,
    Unary,
  ][])
    server.addService({ Call: definition(name, false) }, { Call: unlessSilent(name, answer) })
  server.addService({ Call: definition('readContent', true) }, { Call: readContent })

  const address = join(scratch(), 'containerd.sock')
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${address}`, ServerCredentials.createInsecure(), error =>
      error ? reject(error) : resolve(),
    )
  })
  onTestFinished(() => server.forceShutdown())
  return { env: { CONTAINERD_ADDRESS: address }, address, read, looked }
}
