import { cleanPath } from '../../image/path.ts'
import { storeUnreadable } from '../layer/store-unreadable.ts'

/** A mount as the Docker API takes it, of a folder in memory that holds nothing. */
interface Cover {
  readonly Type: 'tmpfs'
  readonly Target: string
}

/**
 * Mounts in place of what an image declares as volumes: an engine makes a volume for each that has none, and copies into it
 * what the image has there. Volumes can lie in volumes, so that what covers them must let folders be made in it, which a
 * folder of the engine's machine must not. Throws STORE_UNREADABLE for those that cannot be covered: the API mounts
 * nothing at a relative path, nor at `/`.
 */
export function volumeCovers(volumes: readonly string[]): readonly Cover[] {
  const targets = new Set<string>()
  for (const volume of volumes) {
    const target = cleanPath(volume)
    if (!volume.startsWith('/') || target === '/')
      throw storeUnreadable(`the engine would copy the image's volume ${JSON.stringify(volume)}`)
    targets.add(target)
  }
  return [...targets].map(Target => ({ Type: 'tmpfs', Target }))
}
