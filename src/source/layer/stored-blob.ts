import type { Layer } from '../../image/image.ts'
import type { Notice } from '../../image/notice.ts'
import { StoredShares } from '../../image/stored-shares.ts'
import type { LayerRead } from './read.ts'

/** What is known of the blob that a layer was read from. `keepsBlobs`: a plain one is one as kept or pulled, too. */
export function storedBlob(
  { index, size, compressed, shares }: LayerRead,
  keepsBlobs: boolean,
): Pick<Layer, 'stored' | 'shares'> {
  if (size === undefined || !(compressed || keepsBlobs)) return {}
  const known = compressed || index.unpacked !== size ? shares : StoredShares.plain(index)
  return { stored: size, ...(known === undefined ? {} : { shares: known }) }
}

/** Says for which layers it is not known what their entries cost in the blob, although there is one. */
export function sharesUnknown(layers: readonly Layer[]): Notice[] {
  const unknown = layers.filter(({ stored, shares }) => stored !== undefined && shares === undefined)
  if (unknown.length === 0) return []
  const positions = unknown.map(({ position }) => position).join(', ')
  const which =
    unknown.length === 1 ? `layer ${positions} costs in its blob` : `layers ${positions} cost in their blobs`
  const message = `what the files of ${which} is not known, since it comes from the cache, which knows another blob or none: --verify reads every byte, and keeps that`
  return [{ code: 'shares-unknown', message }]
}
