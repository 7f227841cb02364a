import type { Bytes } from '../../bytes/bytes.ts'
import type { ReadLimits } from '../../bytes/read-limits.ts'
import { ImgauditError } from '../../error.ts'
import type { Blobs, ContentStore } from '../content-store/blobs.ts'
import { blobMissing, checkDocument } from '../plan/shelf.ts'
import { type ContainerdClient, ContainerdRefusal, status } from './client.ts'

/** A content store as containerd itself hands it over, for those who may use its socket but not its folder. */
export class ContainerdBlobs implements ContentStore, Blobs {
  readonly local = true
  readonly #client: ContainerdClient
  readonly #namespace: string
  /** Of those that were asked about: undefined where it is not there. */
  readonly #sizes = new Map<string, number | undefined>()

  /** The client stays the caller's. */
  constructor(client: ContainerdClient, namespace: string) {
    this.#client = client
    this.#namespace = namespace
  }

  lend<Result>(use: (blobs: Blobs) => Promise<Result>): Promise<Result> {
    return use(this)
  }

  has(digest: string): boolean {
    return !this.#sizes.has(digest) || this.#sizes.get(digest) !== undefined
  }

  async find(digests: readonly string[]): Promise<void> {
    await Promise.all(digests.map(digest => this.#size(digest)))
  }

  async document(digest: string, limits?: Partial<ReadLimits>): Promise<Buffer | undefined> {
    const size = await this.#size(digest)
    if (size === undefined) return undefined
    checkDocument(digest, size, limits)
    const pieces: Buffer[] = []
    for await (const piece of this.#read(digest, 0, size)) pieces.push(piece)
    return Buffer.concat(pieces)
  }

  blob(digest: string, stated: number | undefined): Bytes {
    const size = this.#sizes.has(digest) ? this.#sizes.get(digest) : stated
    if (size === undefined) throw blobMissing('the blob', digest, 'containerd')
    return { size, stream: (start = 0, end = size) => this.#read(digest, start, end) }
  }

  close(): void {}

  /** Throws ContainerdRefusal. */
  async #size(digest: string): Promise<number | undefined> {
    if (!this.#sizes.has(digest)) {
      const answer = await this.#client.call('contentInfo', { digest }, this.#namespace).catch(absentOrThrow)
      this.#sizes.set(digest, answer?.info?.size)
    }
    return this.#sizes.get(digest)
  }

  async *#read(digest: string, start: number, end: number): AsyncGenerator<Buffer> {
    let at = start
    try {
      if (end > start) {
        const request = { digest, offset: start, size: end - start }
        for await (const { data } of this.#client.stream('readContent', request, this.#namespace)) {
          at += data.length
          yield data
        }
      }
    } catch (error) {
      throw error instanceof ContainerdRefusal ? unread(digest, error) : error
    }
    if (at !== end) throw unread(digest, `it ended at ${at} of ${end} bytes`)
  }
}

function absentOrThrow(error: unknown): undefined {
  if (!(error instanceof ContainerdRefusal) || error.status !== status.notFound) throw error
}

function unread(digest: string, cause: ContainerdRefusal | string): ImgauditError {
  if (cause instanceof ContainerdRefusal && cause.status === status.notFound)
    return blobMissing('the blob', digest, 'containerd any more')
  const reason = cause instanceof ContainerdRefusal ? cause.message : cause
  return new ImgauditError(
    'ENGINE_FAILED',
    `containerd did not hand over all of ${digest}: ${reason}`,
    'see whether it still runs, and run the same command again',
    { cause },
  )
}
