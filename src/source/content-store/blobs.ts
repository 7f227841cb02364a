import type { Bytes } from '../../bytes/bytes.ts'
import type { ReadLimits } from '../../bytes/read-limits.ts'
import type { BlobStore } from '../layer/read.ts'

/** Blobs by their digests, `sha256:…`. */
export interface Blobs {
  /** Whether a blob is there, as far as can be told without asking for it. */
  has(digest: string): boolean
  /** Asks for blobs, each an answer, where there is no cheaper way: `has` can tell of them from then on. */
  find?(digests: readonly string[]): Promise<void>
  /** A manifest, index or configuration, unchecked; undefined where there is none. Throws LIMIT where it is larger than
   *  may be read. */
  document(digest: string, limits?: Partial<ReadLimits>): Promise<Buffer | undefined>
  /** A layer's blob; `size`: its bytes, as the manifest says. Throws BLOB_MISSING, here or when it is read. */
  blob(digest: string, size: number | undefined): Bytes
}

/** What containerd keeps its images in: each manifest, configuration and layer a blob, as it was pulled or built. */
export interface ContentStore extends BlobStore {
  /** Lends the blobs for as long as `use` runs. */
  lend<Result>(use: (blobs: Blobs) => Promise<Result>): Promise<Result>
  /** Lets go of what is held open. */
  close(): void
}
