import type { Filesystem } from '../image/filesystem.ts'
import type { Image } from '../image/image.ts'
import type { GpuTarget } from './gpu-target.ts'
import type { Identity } from './identity.ts'
import type { Owners } from './owners.ts'

/** All that rules may know, read out of the image before; nothing in it reads any more. */
export interface Evidence {
  readonly image: Image
  readonly filesystem: Filesystem
  readonly identity: Identity
  readonly owners: Owners
  /** By layer: whether it came with FROM; null where nothing tells, which is judged as false. */
  readonly base: readonly (boolean | null)[]
  /** Whether the user told what the base is; else it is what history and files suggest. */
  readonly baseTold: boolean
  /** GPUs that the image is to run on; empty where nobody said. */
  readonly gpus: readonly GpuTarget[]
}
