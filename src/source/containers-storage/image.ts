import type { Contents } from '../../image/contents.ts'
import type { Image } from '../../image/image.ts'
import { assemble, type Origin } from '../layer/assemble.ts'
import { FolderContents } from '../layer/folder-contents.ts'
import type { LayerRead } from '../layer/read.ts'
import { readStoredLayers, type StoredLayer } from '../layer/stored-layers.ts'
import { verifyStored } from '../layer/verify-stored.ts'
import type { OpenOptions } from '../source.ts'
import { withStorageAdvice } from './advice.ts'
import { layerChain } from './layers.ts'
import { findStored } from './names.ts'
import type { StoragePlace } from './place.ts'
import { planStored, type StoredPlan } from './plan.ts'
import { storedImages } from './records.ts'
import { storageUser } from './user.ts'

/** Finds an image in a store. Throws IMAGE_MISSING, IMAGE_AMBIGUOUS, PLATFORM_MISSING and STORE_UNREADABLE. */
export function planFromStorage(place: StoragePlace, name: string, options: OpenOptions): Promise<StoredPlan> {
  return advising(place, options, async () => {
    const images = storedImages(place)
    return planStored(images, findStored(images, name, place), name, options)
  })
}

/** Opens an image that was found in a store, out of the records that it keeps of each layer. Throws STORE_UNREADABLE where
 *  it does not keep, or may not give, what is needed. */
export async function openFromStorage(
  place: StoragePlace,
  { image, plan }: StoredPlan,
  origin: Origin,
  options: OpenOptions,
): Promise<Image> {
  return advising(place, options, async () => {
    const { layers, folders } = layerChain(place, image.layer, plan.config.diffIds)
    const contents = advisingContents(place, options, new FolderContents(folders))
    const { cache, ...anew } = options
    const read = await readStoredLayers(origin.reference, layers, contents, options.verify ? anew : options)
    const reads = options.verify ? await verified(layers, read, contents, options) : read
    return assemble(
      { ...plan, layers: layers.map(({ diffId }) => ({ name: diffId, diffId })) },
      reads,
      origin,
      options.readLimits,
    )
  })
}

/** The same layers, each of whose bytes has passed. */
async function verified(
  layers: readonly StoredLayer[],
  reads: ReadonlyMap<string, LayerRead>,
  contents: Contents,
  { progress, signal }: OpenOptions,
): Promise<ReadonlyMap<string, LayerRead>> {
  const once = new Map(layers.map(layer => [layer.diffId, layer]))
  const whole = new Map<string, LayerRead>()
  progress?.begin(
    'reading every byte',
    [...reads.values()].reduce((sum, { index }) => sum + index.unpacked, 0),
  )
  try {
    for (const [diffId, read] of reads) {
      const layer = once.get(diffId)
      if (layer === undefined) continue
      whole.set(diffId, { ...read, index: await verifyStored(layer, read.index, contents, signal) })
      progress?.advance(read.index.unpacked, `layer ${whole.size} of ${reads.size}`)
    }
  } finally {
    progress?.end()
  }
  return whole
}

function advisingContents(place: StoragePlace, options: OpenOptions, contents: Contents): Contents {
  return { read: (wanted, signal) => advising(place, options, () => contents.read(wanted, signal)) }
}

async function advising<Result>(
  place: StoragePlace,
  options: OpenOptions,
  action: () => Promise<Result>,
): Promise<Result> {
  try {
    return await action()
  } catch (error) {
    throw withStorageAdvice(error, place, storageUser(options))
  }
}
