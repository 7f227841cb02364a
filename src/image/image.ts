import type { ImageConfig } from './config.ts'
import type { Contents } from './contents.ts'
import type { HistoryLine } from './history.ts'
import type { LayerIndex } from './layer-index.ts'
import type { Notice } from './notice.ts'
import type { StoredShares } from './stored-shares.ts'

/** A layer where it stands in an image. */
export interface Layer {
  /** 0 is the base. */
  readonly position: number
  readonly index: LayerIndex
  /** Bytes of the blob as kept or pulled; undefined where the source holds none. */
  readonly stored?: number
  /** What each entry costs in that blob; undefined where there is none, and where it was not read and nobody knows. */
  readonly shares?: StoredShares
  /** Its index and its contents are what its diff ID says: every byte was checked, or an engine of this machine keeps
   *  them. Only such a layer enters the cache. */
  readonly vouched?: true
  /** The instruction that made it; undefined where history and layers cannot be matched. */
  readonly history?: HistoryLine
}

/** An image as its makers wrote it. Dispose it to let go of what it holds open. */
export interface Image extends AsyncDisposable {
  /** As the user named it. */
  readonly reference: string
  /** Digest of the configuration: `sha256:…`; never what an engine calls Id. */
  readonly id: string
  /** Digest of the manifest, where the source has one. */
  readonly digest?: string
  /** `linux/amd64`, `linux/arm64/v8`. */
  readonly platform: string
  /** Scheme of the source that opened it. */
  readonly source: string
  readonly config: ImageConfig
  /** Base first; one for each diff ID. */
  readonly layers: readonly Layer[]
  readonly notices: readonly Notice[]
  /** The way back to contents, for those layers that do not know all that can be asked of them. */
  readonly contents?: Contents
}
