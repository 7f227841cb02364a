import type { Bytes } from '../../bytes/bytes.ts'
import type { Image } from '../../image/image.ts'
import type { LayerCache } from '../../image/layer-cache.ts'
import type { Notice } from '../../image/notice.ts'
import { assemble } from '../layer/assemble.ts'
import { readLayers } from '../layer/read.ts'
import { planLayout } from '../plan/layout.ts'
import type { ImagePlan, LayerPlan } from '../plan/plan.ts'
import { blobMissing, type Shelf } from '../plan/shelf.ts'
import type { OpenOptions } from '../source.ts'
import type { Blobs, ContentStore } from './blobs.ts'
import { StoreContents } from './contents.ts'

/** An image of a content store. */
export interface StoreImage {
  /** As the user named it. */
  readonly reference: string
  /** Scheme of the source. */
  readonly source: string
  /** Of its manifest, or of an index that leads there. */
  readonly digest: string
  readonly notices?: readonly Notice[]
}

/**
 * Opens an image out of a content store. Nothing is read that the cache knows: documents by their digests, layers by
 * their diff IDs. Plain layers are sought over where their blob is a file, all others pass, two at a time. Closes the
 * store when the image is disposed, or cannot be opened. Throws BLOB_MISSING where the store lacks what is needed:
 * containerd does not fetch blobs whose layers it has unpacked already, and Kubernetes has it drop those that it unpacked.
 */
export async function openContentStore(store: ContentStore, image: StoreImage, options: OpenOptions): Promise<Image> {
  const { reference, source, notices = [] } = image
  const close = () => store.close()
  try {
    const { plan, reads } = await store.lend(async blobs => {
      const plan = await planStored(blobs, image, options)
      // What is missing shows before anything large is read.
      await blobs.find?.([...new Set(plan.layers.map(layer => digestOf(layer.name)))])
      const bytesOf = (layer: LayerPlan, position: number) => layerBytes(blobs, layer, position, reference, options)
      return { plan, reads: await readLayers(`reading ${reference}`, plan, bytesOf, options, store) }
    })
    const contents = new StoreContents(store, plan, reads)
    const shared = new Map([...reads].map(([key, read]) => [key, { ...read, contents }]))
    return assemble(plan, shared, { reference, source, notices, close }, options.readLimits)
  } catch (error) {
    close()
    throw error
  }
}

/** What to read for an image of a content store; its documents come from the cache, else go there. */
export function planStored(
  blobs: Blobs,
  { reference, digest }: StoreImage,
  { cache, platform, readLimits }: Pick<OpenOptions, 'cache' | 'platform' | 'readLimits'>,
): Promise<ImagePlan> {
  const descriptor = { mediaType: '', digest, annotations: new Map<string, string>(), attestation: false }
  const image = { names: [reference], digests: [digest], descriptors: [descriptor] }
  const wanted = platform === undefined ? {} : { platform }
  return planLayout(shelfOf(blobs, reference, cache, readLimits), [image], wanted, {
    kind: 'oci-archive',
    madeUp: false,
  })
}

/** A store as a layout: `blobs/sha256/…`. */
function shelfOf(
  blobs: Blobs,
  reference: string,
  cache: LayerCache | undefined,
  limits: OpenOptions['readLimits'],
): Shelf {
  const read = new Map<string, Buffer>()
  return {
    reference,
    has: name => blobs.has(digestOf(name)) || cache?.document(digestOf(name)) !== undefined,
    async document(name) {
      const digest = digestOf(name)
      const known = read.get(digest) ?? cache?.document(digest)
      if (known !== undefined) return known
      const bytes = await blobs.document(digest, limits)
      if (bytes === undefined) return undefined
      read.set(digest, bytes)
      cache?.putDocument(digest, bytes)
      return bytes
    },
  }
}

function digestOf(name: string): string {
  return name.replace(/^blobs\/sha256\//, 'sha256:')
}

function layerBytes(
  blobs: Blobs,
  layer: LayerPlan,
  position: number,
  reference: string,
  { cache, verify }: Pick<OpenOptions, 'cache' | 'verify'>,
): Bytes {
  const digest = digestOf(layer.name)
  if (blobs.has(digest)) return blobs.blob(digest, layer.size)
  const missing = blobMissing(`the blob of layer ${position + 1}`, digest, reference)
  if (verify || layer.diffId === undefined || cache?.get(layer.diffId) === undefined) throw missing
  return absent(layer.size ?? 0, missing)
}

/** A blob that is known and gone. */
function absent(size: number, missing: Error): Bytes {
  return {
    size,
    // biome-ignore lint/correctness/useYield: there is nothing to yield
    async *stream() {
      throw missing
    },
  }
}
