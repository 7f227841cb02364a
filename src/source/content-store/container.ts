import type { Bytes } from '../../bytes/bytes.ts'
import type { ReadLimits } from '../../bytes/read-limits.ts'
import { ImgauditError } from '../../error.ts'
import { type EngineClient, EngineRefusal } from '../engine/client.ts'
import { storeUnreadable } from '../layer/store-unreadable.ts'
import { blobMissing, checkDocument } from '../plan/shelf.ts'
import type { Blobs, ContentStore } from './blobs.ts'
import { passingFile } from './file.ts'
import { blobFolder, hexOf } from './folder.ts'
import { type HeldContainer, type HeldImage, holdReaderContainer } from './holding.ts'

/** What the blobs' folder is called in the container. */
const bound = 'blobs'

/**
 * A content store as seen through the Docker API: a container that is created, never started, and shows the folder of
 * blobs read-only. There is none until something is asked for. Each blob is one request, and passes.
 */
export class ContainerStore implements ContentStore {
  readonly local: boolean
  readonly #client: EngineClient
  readonly #image: HeldImage
  readonly #digest: string
  readonly #reference: string
  readonly #limits: Partial<ReadLimits> | undefined
  #folders: () => Promise<readonly string[]>
  readonly #documents = new Map<string, Buffer>()

  /** `image` is the one to make the container of, `digest` that of a document which the store has to have, `folders` what
   *  may be the root of the content store on the engine's machine. */
  constructor(
    client: EngineClient,
    image: HeldImage,
    subject: { readonly digest: string; readonly reference: string },
    folders: () => Promise<readonly string[]>,
    limits?: Partial<ReadLimits>,
  ) {
    this.local = client.address.socketPath !== undefined
    this.#client = client
    this.#image = image
    this.#digest = subject.digest
    this.#reference = subject.reference
    this.#folders = folders
    this.#limits = limits
  }

  async lend<Result>(use: (blobs: Blobs) => Promise<Result>): Promise<Result> {
    let holding: Promise<HeldContainer> | undefined
    const container = () => {
      holding ??= this.#hold()
      return holding
    }
    try {
      return await use({
        // What is not there shows when it is asked for.
        has: () => true,
        document: async digest => {
          const held = await container()
          return this.#documents.get(digest) ?? this.#document(held, digest)
        },
        blob: (digest, size) => this.#blob(container, digest, size),
      })
    } finally {
      const held = await holding?.catch(() => undefined)
      await held?.release()
    }
  }

  close(): void {}

  /** Throws STORE_UNREADABLE where none of the folders is the engine's content store, or the engine will not show it. */
  async #hold(): Promise<HeldContainer> {
    const reasons: ImgauditError[] = []
    for (const folder of await this.#folders()) {
      try {
        return await this.#holdOne(folder)
      } catch (error) {
        if (!(error instanceof ImgauditError) || error.code !== 'STORE_UNREADABLE') throw error
        reasons.push(error)
      }
    }
    throw reasons[0] ?? storeUnreadable('the engine does not say where its content store is')
  }

  async #holdOne(folder: string): Promise<HeldContainer> {
    const held = await holdReaderContainer(this.#client, this.#image, { source: blobFolder(folder), name: bound })
    try {
      const document = await this.#document(held, this.#digest)
      if (document === undefined) throw storeUnreadable(`${folder} is not the store that the engine keeps it in`)
      this.#documents.set(this.#digest, document)
      this.#folders = async () => [folder]
      return held
    } catch (error) {
      await held.release()
      throw error
    }
  }

  async #document({ container }: HeldContainer, digest: string): Promise<Buffer | undefined> {
    const tar = await container.fetch(`${bound}/${hexOf(digest)}`).catch(absentOrThrow)
    if (tar === undefined) return undefined
    const pieces: Buffer[] = []
    const checkSize = (size: number) => {
      checkDocument(digest, size, this.#limits)
    }
    for await (const piece of passingFile(tar, checkSize)) pieces.push(Buffer.from(piece))
    return Buffer.concat(pieces)
  }

  #blob(container: () => Promise<HeldContainer>, digest: string, size: number | undefined): Bytes {
    if (size === undefined) throw blobMissing('the size of a blob', digest, this.#reference)
    const missing = () => blobMissing('the blob', digest, this.#reference)
    return {
      size,
      async *stream(start = 0, end = size) {
        const { container: reader } = await container()
        const tar = await reader.fetch(`${bound}/${hexOf(digest)}`).catch(absentOrThrow)
        if (tar === undefined) throw missing()
        let at = 0
        for await (const piece of passingFile(tar, actual => checkSize(digest, size, actual))) {
          const from = Math.max(start - at, 0)
          const to = Math.min(end - at, piece.length)
          if (from < to) yield piece.subarray(from, to)
          at += piece.length
          if (at >= end) return
        }
      },
    }
  }
}

function absentOrThrow(error: unknown): undefined {
  if (!(error instanceof EngineRefusal)) throw error
  if (error.status !== 404) throw storeUnreadable(`the engine does not hand over a blob: ${error.message}`, error)
}

function checkSize(digest: string, size: number, actual: number): void {
  if (actual === size) return
  const short = actual < size
  throw new ImgauditError(
    short ? 'ARCHIVE_TRUNCATED' : 'DIGEST_MISMATCH',
    `the blob ${digest} ${short ? 'is cut short' : 'is too long'}: ${actual} of ${size} bytes`,
    "the engine's store is damaged: pull or build the image again",
  )
}
