import { lstatSync, readFileSync, type Stats, statSync } from 'node:fs'
import { userInfo } from 'node:os'

/** Whom files that this process makes belong to: where that cannot be told undefined, -1 where files have no owners. */
let user: number | undefined

function currentUser(): number | undefined {
  user ??= linuxUser() ?? namedUser()
  return user
}

/** proc(5), /proc/self/status: real, effective, saved and file system user. */
function linuxUser(): number | undefined {
  try {
    const number = /^Uid:\s+\d+\s+\d+\s+\d+\s+(\d+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]
    return number === undefined ? undefined : Number(number)
  } catch {
    return undefined
  }
}

/** -1 on Windows. A container runs under any number, and there this fails for want of a name. */
function namedUser(): number | undefined {
  try {
    return userInfo().uid
  } catch {
    return undefined
  }
}

/** Whether this user or root wrote a file: what another one wrote could say anything. */
export function trusted({ uid }: Stats): boolean {
  return currentUser() === -1 || uid === 0 || uid === currentUser()
}

/** Throws where a folder, or the link that leads to it, is another user's, who could lead it elsewhere. */
export function checkOwner(folder: string): void {
  const own = currentUser()
  if (own === -1) return
  if (own === undefined) throw new Error(`whether ${folder} is this user's cannot be told without /proc`)
  for (const stats of [lstatSync(folder), statSync(folder)]) if (stats.uid !== own) throw foreign(folder)
}

// As sudo leaves it behind where it keeps the user's HOME.
function foreign(folder: string): Error {
  const [give, away] = [`sudo chown -R $(id -u) ${folder}`, `sudo rm -r ${folder}`]
  return new Error(`${folder} belongs to another user: make it this one's (${give}) or remove it (${away})`)
}
