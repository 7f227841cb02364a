import { Filesystem } from '../image/filesystem.ts'
import type { Image } from '../image/image.ts'
import { type BaseOptions, baseOf } from './base.ts'
import type { Evidence } from './evidence.ts'
import type { GpuTarget } from './gpu-target.ts'
import { identify } from './identify.ts'
import { Identity } from './identity.ts'
import { Owners } from './owners.ts'

/** What is known of an image from outside of it. */
export interface GatherOptions extends BaseOptions {
  readonly gpus?: readonly GpuTarget[]
  readonly signal?: AbortSignal
}

/** Stacks the layers, reads what identity needs, and works out what all facts mean together. */
export async function gather(image: Image, options: GatherOptions = {}): Promise<Evidence> {
  const filesystem = new Filesystem(image.layers)
  await identify(image, filesystem, options.signal)
  return {
    image,
    filesystem,
    identity: new Identity(filesystem),
    owners: new Owners(filesystem),
    base: baseOf(image, filesystem, options),
    baseTold: options.baseDiffIds !== undefined || options.baseLayers !== undefined,
    gpus: options.gpus ?? [],
  }
}
