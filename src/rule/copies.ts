import { compareNames } from '../bytes/name.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { EntryId } from '../image/filesystem.ts'
import { instruction, originLayer, withOlderCopies } from './claims.ts'
import { commandOf, shellWords } from './dockerfile.ts'
import type { Claim } from './rule.ts'

/** A visible content that the image has elsewhere too, and the copy that stays for it. Both by their first visible name. */
export interface Copy {
  readonly entry: EntryId
  readonly stays: EntryId
}

/**
 * Of visible contents those that equal another one of them, each with the copy that stays: one that a package owns
 * before others, then that of the lowest layer, then the first by path. Names of one content are no copies.
 */
export function copiesAmong(evidence: Evidence, contents: Iterable<EntryId>): Copy[] {
  const { filesystem, identity } = evidence
  const byDigest = new Map<string, EntryId[]>()
  for (const inode of contents) {
    const digest = identity.digest(inode)
    if (digest === undefined) continue
    // Sparse files are told apart by their runs and stored bytes: equal digests of other sizes are other contents.
    const key = `${filesystem.content(inode)} ${digest}`
    const equal = byDigest.get(key)
    if (equal === undefined) byDigest.set(key, [filesystem.nameOf(inode)])
    else equal.push(filesystem.nameOf(inode))
  }
  const copies: Copy[] = []
  for (const equal of byDigest.values()) {
    if (equal.length === 1) continue
    const [stays, ...others] = equal.sort((a, b) => staysBefore(evidence, a, b))
    if (stays !== undefined) for (const entry of others) copies.push({ entry, stays })
  }
  return copies
}

function staysBefore(evidence: Evidence, a: EntryId, b: EntryId): number {
  const { filesystem } = evidence
  return (
    Number(isOwned(evidence, b)) - Number(isOwned(evidence, a)) ||
    originLayer(evidence, a) - originLayer(evidence, b) ||
    compareNames(filesystem.path(a), filesystem.path(b))
  )
}

function isOwned({ filesystem, owners }: Evidence, entry: EntryId): boolean {
  return filesystem.names(entry).some(name => owners.owner(name) !== undefined)
}

/** Dockerfile text that makes a link of a copy, in the instruction of the layer that writes it. */
export function linkInstead(evidence: Evidence, { entry, stays }: Copy, layer: number): string {
  const link = `ln -sf ${shellWords([stays, entry].map(id => evidence.filesystem.path(id)))}`
  const command = commandOf(instruction(evidence, layer))
  return command === undefined ? `${link}, in place of what this instruction writes` : `RUN ${command} && ${link}`
}

/** What leaving a content out keeps out of the image: all its visible names, with the older copies of their paths. */
export function claimsOf(evidence: Evidence, entry: EntryId, stays?: EntryId): Claim[] {
  const names = evidence.filesystem.names(entry).filter(name => evidence.filesystem.visible(name))
  return [...new Set(names.flatMap(name => withOlderCopies(evidence, name)))].map(copy =>
    stays === undefined ? { entry: copy } : { entry: copy, restsOn: stays },
  )
}
