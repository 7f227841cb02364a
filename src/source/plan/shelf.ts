import { overLimit, type ReadLimits, readLimits } from '../../bytes/read-limits.ts'
import { ImgauditError } from '../../error.ts'

/** What an archive or a folder holds, by name: enough to plan what must be read of it. */
export interface Shelf {
  /** As the user named it. */
  readonly reference: string
  /** Links are followed. */
  has(name: string): boolean
  /** The bytes of a small JSON document; undefined where there is none of that name. Throws LIMIT where it is larger
   *  than may be read. */
  document(name: string): Promise<Buffer | undefined>
}

/** Where an OCI layout keeps a blob (image-layout.md); `digest` is `sha256:…`, so nothing outside can be named. */
export function blobName(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`
}

export function tooLarge(name: string, size: number, { document: limit }: ReadLimits): ImgauditError {
  const message = `${name} has ${size} bytes; a manifest, index or configuration has at most ${limit}`
  return overLimit({ name: 'document', limit, needed: size }, message)
}

/** Throws LIMIT where a document is larger than may be read. Bytes. */
export function checkDocument(name: string, size: number, limits: Partial<ReadLimits> = {}): void {
  const all = { ...readLimits, ...limits }
  if (size > all.document) throw tooLarge(name, size, all)
}

export function blobMissing(what: string, digest: string, reference: string): ImgauditError {
  return new ImgauditError(
    'BLOB_MISSING',
    `${what} (${digest}) is not in ${reference}`,
    'save or copy the image again, whole and for the platform that you want',
  )
}
