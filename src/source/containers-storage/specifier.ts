import { isAbsolute } from 'node:path'
import { ImgauditError } from '../../error.ts'
import type { OpenOptions } from '../source.ts'
import { imageStoresIn, type StoragePlace, storageAt, usualStorage } from './place.ts'

/** An image of a store, and which store. */
export interface StorageReference {
  readonly place: StoragePlace
  readonly name: string
}

/**
 * Reads `[driver@graphroot+runroot:options]name` (containers-transports.5), where all but the name may be left out: it is
 * the user's own store then. Throws USAGE.
 */
export async function parseStorageReference(text: string, options: OpenOptions): Promise<StorageReference> {
  if (!text.startsWith('[')) return { place: await usualStorage(options), name: unmarked(text) }
  const parts = /^\[(?:([\w-]+)@)?([^\]+:]*)(?:\+([^\]:]*))?(?::([^\]]*))?\](.+)$/.exec(text)
  if (parts === null) throw malformed(text, 'is not closed, or names no image')
  const [, driver, graphRoot = '', , driverOptions = '', name = ''] = parts
  if (!isAbsolute(graphRoot)) throw malformed(text, 'has no absolute path')
  return { place: storageAt([graphRoot, ...imageStoresIn(driverOptions)], driver), name: unmarked(name) }
}

/** `@<id>` means the ID alone. */
function unmarked(name: string): string {
  return /^@(?:sha256:)?[0-9a-f]+$/.test(name) ? name.slice(1) : name
}

function malformed(text: string, why: string): ImgauditError {
  return new ImgauditError(
    'USAGE',
    `the store in ${JSON.stringify(`containers-storage:${text}`)} ${why}`,
    'name it like containers-storage:[overlay@/var/lib/containers/storage]app:1, or leave the brackets out for your own',
  )
}
