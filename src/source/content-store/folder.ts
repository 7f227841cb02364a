import { closeSync, existsSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { SeekableBytes } from '../../bytes/bytes.ts'
import { type FileBytes, openFile, wholeFile } from '../../bytes/file.ts'
import type { ReadLimits } from '../../bytes/read-limits.ts'
import { blobMissing, checkDocument } from '../plan/shelf.ts'
import type { Blobs, ContentStore } from './blobs.ts'

/** The folder of containerd's content store below its root (containerd plugins/content/local). */
export const contentFolderName = 'io.containerd.content.v1.content'

/** Where a content store keeps its blobs, by the hexadecimal digits of their digests. */
export function blobFolder(folder: string): string {
  return join(folder, 'blobs/sha256')
}

/** Whether this user can read a blob of a content store that is in a folder of this machine. */
export function hasReadable(folder: string, digest: string): boolean {
  try {
    closeSync(openSync(join(blobFolder(folder), hexOf(digest)), 'r'))
    return true
  } catch {
    return false
  }
}

/** The hexadecimal digits of a digest, which name its blob; nothing else is let through. */
export function hexOf(digest: string): string {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1]
  if (hex === undefined) throw new RangeError(`${JSON.stringify(digest)} is no SHA-256 digest`)
  return hex
}

/** A content store in a folder of this machine that this user can read: each blob a file. Files stay open until it is
 *  closed, so that an image which is removed meanwhile is read to its end. */
export class FolderStore implements ContentStore, Blobs {
  readonly local = true
  readonly #folder: string
  readonly #files = new Map<string, FileBytes>()

  /** `folder`: what containerd calls the root of its content store. */
  constructor(folder: string) {
    this.#folder = blobFolder(folder)
  }

  lend<Result>(use: (blobs: Blobs) => Promise<Result>): Promise<Result> {
    return use(this)
  }

  has(digest: string): boolean {
    return existsSync(this.#pathOf(digest))
  }

  async document(digest: string, limits?: Partial<ReadLimits>): Promise<Buffer | undefined> {
    if (!this.has(digest)) return undefined
    return wholeFile(this.#pathOf(digest), size => checkDocument(digest, size, limits))
  }

  blob(digest: string): SeekableBytes {
    const open = this.#files.get(digest)
    if (open === undefined && !this.has(digest)) throw blobMissing('the blob', digest, this.#folder)
    const file = open ?? openFile(this.#pathOf(digest))
    this.#files.set(digest, file)
    return file
  }

  close(): void {
    for (const file of this.#files.values()) file.close()
    this.#files.clear()
  }

  #pathOf(digest: string): string {
    return join(this.#folder, hexOf(digest))
  }
}
