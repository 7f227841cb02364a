import { userInfo } from 'node:os'
import type { OpenOptions } from '../source.ts'

/** Whose store it is. */
export interface StorageUser {
  readonly uid: number
  readonly home: string
}

/** The user whose store Podman would use: inside `podman unshare` that is who called it, though the process is root there
 *  (containers/storage pkg/unshare). */
export function storageUser({ env, homedir }: Pick<OpenOptions, 'env' | 'homedir'>): StorageUser {
  const outside = env._CONTAINERS_ROOTLESS_UID
  return { uid: outside !== undefined && /^\d+$/.test(outside) ? Number(outside) : ownUid(), home: homedir }
}

/** Whether files of the user's sub-UIDs are out of reach: outside the user namespace that unpacked them. */
export function isOutsideNamespace(user: StorageUser): boolean {
  return user.uid !== 0 && ownUid() !== 0
}

function ownUid(): number {
  try {
    return userInfo().uid
  } catch {
    // A UID that /etc/passwd does not know, as clusters give to containers: not root's.
    return -1
  }
}
