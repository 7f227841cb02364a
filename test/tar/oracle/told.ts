import { encodeName } from '../../../src/bytes/name.ts'

/** What a reader says of one member; of what it does not say nothing. Names in hex, since they are bytes. */
export interface Told {
  readonly name: string
  readonly type: string
  /** Logical size of a file, 0 for all else. */
  readonly size: number
  readonly target: string
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  readonly mtime?: number
  /** Where its stored content begins, in bytes. */
  readonly start?: number
  /** Offset and length of each stored run that is not empty; null for what is not sparse. */
  readonly runs?: readonly (readonly [number, number])[] | null
  /** SHA-256 of the logical content of a file of at most 1 MiB. */
  readonly digest?: string
}

/** All that a reader says of an archive: its members, and why there are no more, unless the archive just ends. */
export interface Answer {
  readonly members: readonly Told[]
  readonly error?: string
}

/** Another reader of archives. */
export interface Oracle {
  readonly name: string
  /** Programs without which it cannot be asked. */
  readonly tools: readonly string[]
  /** What it says, beside name, type, size and target. */
  readonly says: readonly (keyof Told)[]
  /** Its answers for archives at these paths, in their order; one run for all where starting it takes long. */
  read(paths: readonly string[]): Promise<Answer[]>
}

/** A member of an answer as one line, with all that is not as usual, as far as it is in `says`. */
export function line(told: Told, says: readonly (keyof Told)[]): string {
  const { type, target, mode, uid, gid, mtime, start, runs } = told
  // Python and tar-stream take the slash off directories.
  const name = type === 'directory' ? told.name.replace(/(2f)+$/, '') : told.name
  const parts = [type, told.size, shown(name)]
  if (target !== '') parts.push('->', shown(target))
  if (says.includes('mode') && mode !== 0o644) parts.push(`mode=${mode?.toString(8)}`)
  if (says.includes('uid') && uid !== 0) parts.push(`uid=${uid}`)
  if (says.includes('gid') && gid !== 0) parts.push(`gid=${gid}`)
  if (says.includes('mtime') && mtime !== 0) parts.push(`mtime=${mtime}`)
  if (says.includes('runs') && runs) parts.push(`[${runs.map(([offset, length]) => `${offset}+${length}`).join(' ')}]`)
  if (says.includes('start')) parts.push(`@${start}`)
  return parts.join(' ')
}

/** Bytes in hex as text: what is printable ASCII and no backslash as it is. */
function shown(hex: string): string {
  const latin1 = Buffer.from(hex, 'hex').toString('latin1')
  return latin1.replace(/[^!-[\]-~]/g, byte => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

export function hex(name: string): string {
  return encodeName(name).toString('hex')
}
