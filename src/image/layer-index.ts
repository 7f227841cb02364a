import type { SparseRun } from '../tar/member.ts'
import type { Entries } from './entries.ts'
import type { Facts } from './facts.ts'
import type { Notice } from './notice.ts'

/** How a layer was read. */
export type Route = 'stream' | 'seek' | 'layer-store' | 'blob' | 'cache'

/** What one layer holds, without its contents: enough to audit it, small enough to keep. Sizes in bytes. */
export interface LayerIndex {
  /** SHA-256 of the uncompressed blob, `sha256:…`. */
  readonly diffId: string
  /** Σ content. */
  readonly files: number
  readonly unpacked: number
  readonly entries: Entries
  /** Where the stored content of sparse files belongs, by ordinal. */
  readonly sparse: ReadonlyMap<number, readonly SparseRun[]>
  readonly facts: Facts
  readonly route: Route
  /** Every byte passed and its digest is the diff ID; a route that seeks cannot say so. */
  readonly verified: boolean
  readonly notices: readonly Notice[]
}
