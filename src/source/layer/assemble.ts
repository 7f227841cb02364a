import type { ReadLimits } from '../../bytes/read-limits.ts'
import type { Contents, Wanted } from '../../image/contents.ts'
import { exactSum } from '../../image/exact-sum.ts'
import { alignHistory } from '../../image/history.ts'
import type { Image, Layer } from '../../image/image.ts'
import { Meter } from '../../image/meter.ts'
import type { Notice } from '../../image/notice.ts'
import { formatPlatform } from '../../image/platform.ts'
import type { ImagePlan } from '../plan/plan.ts'
import { type LayerRead, layerKey } from './read.ts'
import { sharesUnknown, storedBlob } from './stored-blob.ts'

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
export function assemble(
  plan: ImagePlan,
  reads: ReadonlyMap<string, LayerRead>,
  origin: Origin,
  limits?: Partial<ReadLimits>,
): Image {
  const read = plan.layers.map(layer => {
    const found = reads.get(layerKey(layer))
    if (found === undefined) throw new Error(`layer ${layer.name} was not read`)
    return found
  })
  checkTotals(read, limits)
  const history = alignHistory(plan.config.history, read.length)
  const blobs = new Map(read.map(layer => [layer, storedBlob(layer, plan.keepsBlobs)]))
  const layers = read.map((layer, position): Layer => {
    const { index, vouched } = layer
    const line = history[position]
    return {
      position,
      index,
      ...blobs.get(layer),
      ...(vouched ? { vouched } : {}),
      ...(line === undefined ? {} : { history: line }),
    }
  })
  const contents = contentsOf(read)
  return {
    reference: origin.reference,
    id: plan.id,
    ...(plan.digest === undefined ? {} : { digest: plan.digest }),
    platform: formatPlatform(plan.config),
    source: origin.source ?? plan.kind,
    // An image of before Docker 1.10 learns its diff IDs from its layers.
    config: { ...plan.config, diffIds: read.map(({ index }) => index.diffId) },
    layers,
    notices: [...plan.notices, ...(origin.notices ?? []), ...sharesUnknown(layers)],
    ...(contents === undefined ? {} : { contents }),
    async [Symbol.asyncDispose]() {
      await origin.close?.()
    },
  }
}

/** A layer that stands a thousand times is read once, and takes memory a thousand times. Throws LIMIT, and ARCHIVE_INVALID
 *  where a sum of bytes would not be exact. */
function checkTotals(read: readonly LayerRead[], limits: Partial<ReadLimits> | undefined): void {
  const meter = new Meter(limits)
  let files = 0
  let unpacked = 0
  for (const { index } of read) {
    meter.take(Math.max(1, index.entries.length))
    files = exactSum(files, index.files)
    unpacked = exactSum(unpacked, index.unpacked)
  }
}

/** The way back to contents of all layers; those that share one are asked for at once. */
function contentsOf(read: readonly LayerRead[]): Contents | undefined {
  const home = new Map(read.map(({ index, contents }) => [index, contents] as const))
  if (read.every(layer => layer.contents === undefined)) return undefined
  return {
    async read(wanted, signal) {
      const groups = new Map<Contents, Wanted[]>()
      for (const one of wanted) {
        const contents = home.get(one.index)
        if (contents === undefined) throw new Error(`the contents of layer ${one.index.diffId} have passed`)
        const group = groups.get(contents)
        if (group === undefined) groups.set(contents, [one])
        else group.push(one)
      }
      for (const [contents, group] of groups) await contents.read(group, signal)
    },
  }
}
