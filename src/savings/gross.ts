import type { EntryId, Filesystem } from '../image/filesystem.ts'
import type { Claim } from '../rule/rule.ts'
import { countedNames } from './ledger.ts'
import { Ranges } from './ranges.ts'

/**
 * What the claims of one finding keep out of the image on their own, by the name that the bytes hang on. A content with
 * several names counts when this finding claims all that count, or the last of them (`completed`).
 */
export function gross(
  filesystem: Filesystem,
  claims: readonly Claim[],
  completed: ReadonlySet<EntryId>,
): ReadonlyMap<EntryId, number> {
  const whole = new Set<EntryId>()
  const parts = new Map<EntryId, Ranges>()
  for (const { entry, ranges } of claims) {
    if (ranges === undefined) whole.add(entry)
    else {
      const inode = filesystem.inode(entry)
      const taken = parts.get(inode) ?? new Ranges()
      parts.set(inode, taken)
      for (const range of ranges) taken.take(range)
    }
  }
  const bytes = new Map<EntryId, number>()
  const counted = new Set<EntryId>()
  for (const entry of whole) {
    const inode = filesystem.inode(entry)
    if (counted.has(inode)) continue
    const names = countedNames(filesystem, inode)
    if (!names.every(name => whole.has(name)) && !names.some(name => completed.has(name))) continue
    counted.add(inode)
    const name = filesystem.nameOf(inode)
    bytes.set(whole.has(name) ? name : entry, filesystem.content(inode))
  }
  for (const [inode, taken] of parts) {
    if (!counted.has(inode)) bytes.set(filesystem.nameOf(inode), taken.bytes)
  }
  return bytes
}
