import type { EngineImage } from '../engine/kind.ts'
import type { DockerRoot } from './root.ts'

/** What of an image has to be read, and the graph driver's store that has it. */
export interface StoreRequest {
  readonly image: EngineImage
  readonly root: DockerRoot
  /** Chain IDs of all layers, base first. */
  readonly chain: readonly string[]
  /** Layers that no cache knows: where they stand, base first. */
  readonly missing: readonly { readonly position: number; readonly diffId: string; readonly chainId: string }[]
  /** No cache knows the configuration. */
  readonly wantsConfig: boolean
}
