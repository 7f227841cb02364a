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
  /** Claims with which a content of several names was claimed under every one that counts. */
  readonly completed = new Set<EntryId>()
  readonly #parts = new Map<EntryId, Ranges>()
  /** By content: the names that count and were claimed. */
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

  /** Takes what a claim completes; answers with how many bytes that is. */
  take({ entry, ranges }: Claim): number {
    const inode = this.#filesystem.inode(entry)
    if (ranges !== undefined) return this.#takeRanges(inode, ranges)
    if (this.#filesystem.hasNames(inode) && !this.#completes(entry, inode)) return 0
    const before = this.taken[inode] ?? 0
    const content = this.#filesystem.content(inode)
    this.taken[inode] = content
    return content - before
  }

  /** Whether, of a content with several names, this is the last one that counts and was not claimed. */
  #completes(entry: EntryId, inode: EntryId): boolean {
    if (!this.#filesystem.visible(entry) && this.#filesystem.live(inode)) return false
    const named = this.#named.get(inode) ?? new Set()
    this.#named.set(inode, named)
    if (named.has(entry)) return false
    named.add(entry)
    const completes = named.size === this.#filesystem.countedNames(inode).length
    if (completes) this.completed.add(entry)
    return completes
  }

  #takeRanges(inode: EntryId, ranges: readonly Range[]): number {
    const content = this.#filesystem.content(inode)
    const before = this.taken[inode] ?? 0
    if (before === content) return 0
    const parts = this.#parts.get(inode) ?? new Ranges()
    this.#parts.set(inode, parts)
    parts.take(ranges)
    this.taken[inode] = parts.bytes
    return parts.bytes - before
  }
}
