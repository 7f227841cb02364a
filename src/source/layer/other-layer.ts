import { ImgauditError } from '../../error.ts'

/** A blob ends before the contents that the layer of its diff ID has: it is not that layer. */
export function otherLayer(diffId = ''): ImgauditError {
  return new ImgauditError(
    'DIGEST_MISMATCH',
    `a blob is not the layer ${diffId} that the configuration says it is: it is shorter`,
    'save, copy or pull the image again; --verify checks every layer',
  )
}
