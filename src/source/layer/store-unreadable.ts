import { ImgauditError } from '../../error.ts'

/** Something that an engine keeps on its disk is not there, may not be read, or is not what its own records say. */
export function storeUnreadable(what: string, cause?: unknown): ImgauditError {
  const fix = 'run the same command again; if that does not help, read the image another way: --no-layer-store'
  return new ImgauditError('STORE_UNREADABLE', what, fix, { cause })
}
