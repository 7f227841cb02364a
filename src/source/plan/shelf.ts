import { ImgauditError } from '../../error.ts'
import { documentLimit } from '../../image/document.ts'

/** What an archive or a folder holds, by name: enough to plan what must be read of it. */
export interface Shelf {
  /** As the user named it. */
  readonly reference: string
  /** Links are followed. */
  has(name: string): boolean
  /** The bytes of a small JSON document; undefined where there is none of that name. Throws LIMIT where it is larger
   *  than any engine accepts. */
  document(name: string): Promise<Buffer | undefined>
}

/** Where an OCI layout keeps a blob (image-layout.md); `digest` is `sha256:…`, so nothing outside can be named. */
export function blobName(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`
}

export function tooLarge(name: string, size: number): ImgauditError {
  return new ImgauditError(
    'LIMIT',
    `${name} has ${size} bytes; a manifest, index or configuration has at most ${documentLimit}`,
    'save, copy or pull the image again; no engine loads it as it is',
  )
}

export function blobMissing(what: string, digest: string, reference: string): ImgauditError {
  return new ImgauditError(
    'BLOB_MISSING',
    `${what} (${digest}) is not in ${reference}`,
    'save or copy the image again, whole and for the platform that you want',
  )
}
