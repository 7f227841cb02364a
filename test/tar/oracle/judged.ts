import { expect } from 'vitest'
import type { OurAnswer } from './ours.ts'
import { go } from './programs.ts'
import { type Answer, line, type Told } from './told.ts'

/** Go gives these out as members of a flag that it does not know, and engines refuse them. */
const ownFlags = /^flag [DVX]$/

/** What Go reads and we do not. */
const refusals = [
  // A size or a logical size of 9 PB.
  /^ARCHIVE_INVALID: the tar header at offset \d+ has a size that is no number of bytes$/,
  // Headers that describe a member, and no member: Go ends without it.
  /^ARCHIVE_TRUNCATED: the tar archive ends at offset (\d+), inside the header at \1$/,
]

/**
 * Expects that we read an archive as Go does, or not at all; of one that Go refuses, the members before. Answers whether
 * both read it. `which` is said where they do not.
 */
export function expectAsGo(which: number | string, we: OurAnswer, they: Answer): boolean {
  if (they.members.some(each => ownFlags.test(each.type))) return false
  const whole = we.error === undefined && they.error === undefined
  const most = whole ? Number.POSITIVE_INFINITY : Math.min(we.members.length, they.members.length)
  const [ours, theirs] = [we, they].map(({ members }) => members.slice(0, most).map(each => shown(each, whole)))
  expect({ which, lines: ours }).toEqual({ which, lines: theirs })
  if (!whole && they.error === undefined && !refusals.some(known => known.test(we.error ?? '')))
    expect({ which, error: we.error }).toEqual({ which, error: undefined })
  return whole
}

function shown(told: Told, whole: boolean): string {
  const { uid, gid, mtime, digest } = told
  const type = told.type.startsWith('flag') ? 'file' : told.type
  const plain = { ...told, uid: exact(uid), gid: exact(gid), mtime: exact(mtime), type }
  return line(plain, go.says) + (whole && type === 'file' ? ` ${digest}` : '')
}

/** Go has integers of 64 bits; we say 0 for an owner or a time that is beyond 2^53. */
function exact(number = 0): number {
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : 0
}
