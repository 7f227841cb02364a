import type { Bytes } from '../bytes/bytes.ts'
import { alignHistory } from '../image/history.ts'
import type { Image, Layer } from '../image/image.ts'
import type { Notice } from '../image/notice.ts'
import { formatPlatform } from '../image/platform.ts'
import { contentOf } from './content.ts'
import { type LayerRead, layerKey } from './layer-read.ts'
import type { ImagePlan } from './plan.ts'

/** Where an image came from. */
export interface Origin {
  /** As the user named it. */
  readonly reference: string
  /** The source's scheme; undefined for an archive in a file, which is of the kind that it turns out to be. */
  readonly source?: string
  readonly notices?: readonly Notice[]
  /** Lets go of what is held open. */
  close?(): void | Promise<void>
}

/** The image that a plan describes, out of its layers that have been read. */
export function assemble(plan: ImagePlan, reads: ReadonlyMap<string, LayerRead>, origin: Origin): Image {
  const read = plan.layers.map(layer => {
    const found = reads.get(layerKey(layer))
    if (found === undefined) throw new Error(`layer ${layer.name} was not read`)
    return found
  })
  const history = alignHistory(plan.config.history, read.length)
  const layers = read.map(({ index, size, compressed }, position): Layer => {
    const line = history[position]
    return {
      position,
      index,
      ...(compressed || plan.keepsBlobs ? { stored: size } : {}),
      ...(line === undefined ? {} : { history: line }),
    }
  })
  const contents = new Map(layers.map((layer, position) => [layer, read[position]?.contents] as const))
  const open = async (layer: Layer, ordinal: number): Promise<Bytes> => {
    const blob = contents.get(layer)
    if (blob === undefined) throw new Error(`the contents of layer ${layer.position} have passed`)
    return contentOf(blob, layer.index, ordinal)
  }
  return {
    reference: origin.reference,
    id: plan.id,
    ...(plan.digest === undefined ? {} : { digest: plan.digest }),
    platform: formatPlatform(plan.config),
    source: origin.source ?? plan.kind,
    // An image of before Docker 1.10 learns its diff IDs from its layers.
    config: { ...plan.config, diffIds: read.map(({ index }) => index.diffId) },
    layers,
    notices: [...plan.notices, ...(origin.notices ?? [])],
    ...(read.some(layer => layer.contents !== undefined) ? { open } : {}),
    async [Symbol.asyncDispose]() {
      await origin.close?.()
    },
  }
}
