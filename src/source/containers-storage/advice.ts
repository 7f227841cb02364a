import { statSync } from 'node:fs'
import { codeOf } from '../../bytes/reason.ts'
import { type ErrorCode, ImgauditError } from '../../error.ts'
import type { StoragePlace } from './place.ts'
import { isOutsideNamespace, type StorageUser } from './user.ts'

/** What an image looks like whose records or files are gone, damaged, of another image, or may not be read. */
const unreadable: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'STORE_UNREADABLE',
  'FILE_UNREADABLE',
  'ARCHIVE_INVALID',
  'ARCHIVE_TRUNCATED',
  'CHECKSUM_WRONG',
  'DIGEST_MISMATCH',
])

/** The same error with what to type where a store cannot be read. In a user's own store, files of users of the image other
 *  than root belong to sub-UIDs, which the user may not read from outside the user namespace. */
export function withStorageAdvice(error: unknown, { roots }: StoragePlace, user: StorageUser): unknown {
  if (!(error instanceof ImgauditError) || !unreadable.has(error.code)) return error
  const own = roots.slice(0, 1).some(root => ownerOf(root) === user.uid)
  const denied = isDenied(error) && isOutsideNamespace(user)
  return new ImgauditError(error.code, error.message, denied ? (own ? unshare : asRoot) : save, { cause: error })
}

const unshare = 'read it where the image’s users are yours: podman unshare imgaudit <image>'
const asRoot = 'read it as its owner: sudo imgaudit <image>'
const save =
  'save it instead: podman save <image> -o app.tar, then imgaudit app.tar; ' +
  'where something was writing to the store, run the same command again'

function ownerOf(path: string): number | undefined {
  try {
    return statSync(path).uid
  } catch {
    return undefined
  }
}

function isDenied(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = codeOf(cause)
    if (code === 'EACCES' || code === 'EPERM') return true
  }
  return false
}
