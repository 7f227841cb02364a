import type { EntryId, Filesystem } from '../image/filesystem.ts'
import { Marks } from '../image/marks.ts'
import type { Claim } from '../rule/rule.ts'
import { Ranges } from './ranges.ts'

/** Bytes by the name that they hang on, each name once. In columns: an image can have a million. */
export class Gross {
  readonly #names: EntryId[] = []
  readonly #bytes: number[] = []
  /** Σ bytes. */
  total = 0

  add(name: EntryId, bytes: number): void {
    this.#names.push(name)
    this.#bytes.push(bytes)
    this.total += bytes
  }

  get names(): readonly EntryId[] {
    return this.#names
  }

  /** Calls back for each name, in the order in which they came. */
  forEach(seen: (name: EntryId, bytes: number) => void): void {
    for (let i = 0; i < this.#names.length; i++) seen(this.#names[i] ?? 0, this.#bytes[i] ?? 0)
  }
}

/** What the claims of one finding keep out of the image on their own. */
export class Grossing {
  readonly #filesystem: Filesystem
  readonly #whole: Marks
  readonly #counted: Marks
  /** Contents of several names that these claims leave one of. */
  readonly #partial: Marks

  constructor(filesystem: Filesystem) {
    this.#filesystem = filesystem
    this.#whole = new Marks(filesystem.count)
    this.#counted = new Marks(filesystem.count)
    this.#partial = new Marks(filesystem.count)
  }

  /** A content with several names counts when these claims name all that count, or the last of them (`completed`). */
  of(claims: readonly Claim[], completed: ReadonlySet<EntryId>): Gross {
    const filesystem = this.#filesystem
    this.#whole.clear()
    this.#counted.clear()
    this.#partial.clear()
    for (const { entry, ranges } of claims) if (ranges === undefined) this.#whole.add(entry)
    const gross = new Gross()
    for (const { entry, ranges } of claims) {
      if (ranges !== undefined) continue
      const inode = filesystem.inode(entry)
      if (this.#counted.has(inode) || this.#partial.has(inode)) continue
      if (!this.#isWhole(inode, completed)) {
        this.#partial.add(inode)
        continue
      }
      this.#counted.add(inode)
      const name = filesystem.nameOf(inode)
      gross.add(this.#whole.has(name) ? name : entry, filesystem.content(inode))
    }
    for (const [inode, taken] of this.#parts(claims)) {
      if (!this.#counted.has(inode)) gross.add(filesystem.nameOf(inode), taken.bytes)
    }
    return gross
  }

  #isWhole(inode: EntryId, completed: ReadonlySet<EntryId>): boolean {
    if (!this.#filesystem.hasNames(inode)) return true
    const names = this.#filesystem.countedNames(inode)
    return names.every(name => this.#whole.has(name)) || names.some(name => completed.has(name))
  }

  #parts(claims: readonly Claim[]): ReadonlyMap<EntryId, Ranges> {
    const parts = new Map<EntryId, Ranges>()
    for (const { entry, ranges } of claims) {
      if (ranges === undefined) continue
      const inode = this.#filesystem.inode(entry)
      const taken = parts.get(inode) ?? new Ranges()
      parts.set(inode, taken)
      taken.take(ranges)
    }
    return parts
  }
}
