import { ImgauditError } from '../../error.ts'
import type { OpenOptions } from '../source.ts'
import { layoutImages, planLayout } from './layout.ts'
import { legacyImages, planLegacy } from './legacy.ts'
import type { ImagePlan } from './plan.ts'
import { planSaved, savedImages } from './saved.ts'
import type { Shelf } from './shelf.ts'

/**
 * What to read for the image that is wanted, of an archive of any writer. index.json comes first: where both are there
 * manifest.json leaves platforms and digests out. Docker writes `manifests: null` into it for an image saved by ID.
 * Throws NOT_AN_IMAGE where there is no image at all, or what `absent` makes of that.
 */
export async function planImage(
  shelf: Shelf,
  options: Pick<OpenOptions, 'image' | 'platform'>,
  absent?: () => ImgauditError,
): Promise<ImagePlan> {
  const wanted = {
    ...(options.image === undefined ? {} : { image: options.image }),
    ...(options.platform === undefined ? {} : { platform: options.platform }),
  }
  const saved = await savedImages(shelf)
  const layout = await layoutImages(shelf)
  // Only a save from a graph driver says what blobs its layers came from, since it holds none of them.
  const madeUp = saved?.some(image => image.layerSources) ?? false
  const kind = saved === undefined ? 'oci-archive' : 'docker-archive'
  if (layout.length > 0) return planLayout(shelf, layout, wanted, { kind, madeUp })
  if (saved !== undefined && saved.length > 0) return planSaved(shelf, saved, wanted)
  const legacy = await legacyImages(shelf)
  if (legacy !== undefined && legacy.length > 0) return planLegacy(shelf, legacy, wanted)
  throw absent?.() ?? noImage(shelf.reference)
}

function noImage(reference: string): ImgauditError {
  return new ImgauditError(
    'NOT_AN_IMAGE',
    `${reference} holds no image: no index.json, manifest.json or repositories names one`,
    'save an image into it: docker save <image> -o app.tar, or skopeo copy <image> oci:<folder>',
  )
}
