import { randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { getPriority, hostname } from 'node:os'

/** The label that tells whose a container of ours is. */
export const readerLabel = 'dev.imgaudit.reader'

/** Machine, number and start of the process, name of the container. */
const form = /^(\S+) (\d{1,10}) (\d+) (imgaudit-[0-9a-f]{16})$/

/** Seconds. Nobody reads one image that long. */
const longest = 24 * 60 * 60

/** A name for a container of ours, used once. */
export function readerName(): string {
  return `imgaudit-${randomBytes(8).toString('hex')}`
}

/** The label's value for a container of that name. */
export function labelOf(name: string): string {
  return `${ownReader()} ${name}`
}

/** This process, told apart from every other on this machine, also from one that gets its number later. */
export function ownReader(): string {
  return `${machine()} ${startOf('self') ?? `0 ${Date.now()}`}`
}

/** Whether a container is one of ours: labels alone come from images too, and `docker commit` makes an image of each
 *  container. `names`: as the engine lists them, `/imgaudit-…`. */
export function isReader(label: string, names: readonly string[]): boolean {
  const name = form.exec(label)?.[4]
  return name !== undefined && names.includes(`/${name}`)
}

/** Whether the process that made a container is gone. One that cannot be looked at, on another machine or another user's,
 *  is after a day. `created`: seconds since the epoch. */
export function isLeftOver(label: string, created: number): boolean {
  const [, place, pid = '0', start] = form.exec(label) ?? []
  const old = Date.now() / 1000 - created > longest
  if (place !== machine() || pid === '0') return old
  const found = startOf(pid)
  return found === undefined ? isGone(Number(pid)) || old : found !== `${pid} ${start}`
}

/** A boot of a machine, and the space in which its process numbers count. */
function machine(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    return `${boot}/${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

/** Number and start time of a process, proc(5); the 22nd field counts from behind the name, which may hold spaces. */
function startOf(pid: string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return `${stat.slice(0, stat.indexOf(' '))} ${fields[19] ?? ''}`
  } catch {
    return undefined
  }
}

/** Whether nothing runs under a number. Of what /proc hides (proc(5), hidepid) getpriority(2) tells it all the same. */
function isGone(pid: number): boolean {
  try {
    getPriority(pid)
    return false
  } catch (error) {
    const info: unknown = error instanceof Error && 'info' in error ? error.info : undefined
    return typeof info === 'object' && info !== null && 'code' in info && info.code === 'ESRCH'
  }
}
