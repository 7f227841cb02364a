import { sha256 } from '../../bytes/digest.ts'
import { digestMismatch } from '../../image/document.ts'
import { checkImage, type Descriptor, type Index, parseManifest } from '../../image/manifest.ts'
import { splitName } from '../../image/reference.ts'
import { storeUnreadable } from '../layer/store-unreadable.ts'
import { checkPlatform, choosePlatform } from '../plan/choose-platform.ts'
import { type ImagePlan, planManifest } from '../plan/plan.ts'
import type { Shelf } from '../plan/shelf.ts'
import type { OpenOptions } from '../source.ts'
import { type StoredImage, storedDocument } from './records.ts'

/** What is to be read of a store. */
export interface StoredPlan {
  readonly image: StoredImage
  readonly plan: ImagePlan
}

/**
 * The plan of an image of a store; of a list of manifests that of the image for the wanted platform, among those that the
 * store has. `name` is as the user gave it. Throws DIGEST_MISMATCH, PLATFORM_MISSING and STORE_UNREADABLE.
 */
export async function planStored(
  images: readonly StoredImage[],
  image: StoredImage,
  name: string,
  options: Pick<OpenOptions, 'platform' | 'readLimits'>,
): Promise<StoredPlan> {
  const { readLimits } = options
  const { digest, bytes } = manifestOf(image, splitName(name).digest, readLimits)
  const manifest = parseManifest(bytes, `manifest ${digest}`)
  if (manifest.kind === 'index') return planInstance(images, image, manifest, name, options)
  checkImage(manifest)
  const plan = await planManifest(shelfOf(image, name, readLimits), manifest, digest, {
    kind: 'oci-archive',
    madeUp: false,
  })
  checkPlatform(plan.config, options.platform, name)
  return { image, plan }
}

function planInstance(
  images: readonly StoredImage[],
  list: StoredImage,
  index: Index,
  name: string,
  { platform, readLimits }: Pick<OpenOptions, 'platform' | 'readLimits'>,
): Promise<StoredPlan> {
  const holder = ({ digest }: Descriptor) =>
    [list, ...images].find(image => image.layer !== undefined && image.manifests.includes(digest))
  const choices = index.manifests
    .filter(({ attestation }) => !attestation)
    .map(descriptor => ({
      descriptor,
      platform: descriptor.platform ?? { os: 'unknown', architecture: 'unknown' },
      complete: holder(descriptor) !== undefined,
    }))
  const { descriptor } = choosePlatform(choices, platform, name)
  const image = holder(descriptor)
  if (image === undefined)
    throw storeUnreadable(`the store has the list ${name}, but not its image ${descriptor.digest}`)
  return planStored(images, image, `${splitName(name).repository}@${descriptor.digest}`, {
    ...(readLimits && { readLimits }),
  })
}

/** The manifest with a digest, else the image's own, checked against the digests that the store has of it. */
function manifestOf(
  image: StoredImage,
  wanted: string | undefined,
  limits: OpenOptions['readLimits'],
): { readonly digest: string; readonly bytes: Buffer } {
  const bytes =
    (wanted === undefined ? undefined : storedDocument(image, `manifest-${wanted}`, limits)) ??
    storedDocument(image, 'manifest', limits) ??
    storedDocument(image, `manifest-${image.manifests[0]}`, limits)
  if (bytes === undefined) throw storeUnreadable(`${image.folder} has no manifest`)
  const digest = sha256(bytes)
  const [first = wanted ?? ''] = image.manifests
  if (!image.manifests.includes(digest)) throw digestMismatch('the manifest', first, digest)
  return { digest, bytes }
}

/** The documents of an image, as planning asks for them: its configuration, by digest. */
function shelfOf(image: StoredImage, reference: string, limits: OpenOptions['readLimits']): Shelf {
  const document = (name: string) => storedDocument(image, name.replace('blobs/sha256/', 'sha256:'), limits)
  return { reference, has: name => document(name) !== undefined, document: async name => document(name) }
}
