import type { EntryId, Filesystem } from '../image/filesystem.ts'
import type { Claim } from '../rule/rule.ts'
import { type Range, Ranges } from './ranges.ts'

/**
 * Which bytes are taken. A content with several names is taken only when every name that counts is claimed (the visible
 * ones; all of them where none is visible), for deleting one name frees nothing; what changes a part of a content
 * changes it under every name.
 */
export class Ledger {
  readonly #filesystem: Filesystem
  /** Bytes taken, by the entry that holds the content. */
  readonly taken: Float64Array
  readonly #parts = new Map<EntryId, Ranges>()
  readonly #named = new Map<EntryId, Set<EntryId>>()

  constructor(filesystem: Filesystem) {
    this.#filesystem = filesystem
    this.taken = new Float64Array(filesystem.count)
  }

  /** Whether all of the content behind an entry is taken. */
  isTaken(entry: EntryId): boolean {
    const inode = this.#filesystem.inode(entry)
    return this.taken[inode] === this.#filesystem.content(inode)
  }

  /** Takes what a claim completes. `completes`: with it the content is claimed under every name that counts. */
  take(claim: Claim): { readonly bytes: number; readonly completes: boolean } {
    const inode = this.#filesystem.inode(claim.entry)
    if (claim.ranges !== undefined) return { bytes: this.#takeRanges(inode, claim.ranges), completes: true }
    const counted = countedNames(this.#filesystem, inode)
    if (counted.length > 1) {
      const named = this.#named.get(inode) ?? new Set()
      this.#named.set(inode, named)
      const before = counted.every(name => named.has(name))
      named.add(claim.entry)
      if (before || !counted.every(name => named.has(name))) return { bytes: 0, completes: false }
    } else if (counted[0] !== claim.entry) return { bytes: 0, completes: false }
    return { bytes: this.#takeRanges(inode, [[0, this.#filesystem.content(inode)]]), completes: true }
  }

  #takeRanges(inode: EntryId, ranges: readonly Range[]): number {
    const content = this.#filesystem.content(inode)
    const before = this.taken[inode] ?? 0
    if (before === content) return 0
    const [first] = ranges
    if (before === 0 && ranges.length === 1 && first !== undefined && first[0] === 0 && first[1] === content) {
      this.taken[inode] = content
      return content
    }
    const parts = this.#parts.get(inode) ?? new Ranges()
    this.#parts.set(inode, parts)
    for (const range of ranges) parts.take(range)
    this.taken[inode] = parts.bytes
    return parts.bytes - before
  }
}

/** The names that keep a content in the image: the visible ones, all of them where none is visible. */
export function countedNames(filesystem: Filesystem, inode: EntryId): readonly EntryId[] {
  const names = filesystem.names(inode)
  if (names.length === 1) return names
  const visible = names.filter(name => filesystem.visible(name))
  return visible.length > 0 ? visible : names
}
