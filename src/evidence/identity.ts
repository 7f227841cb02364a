import { none } from '../image/column.ts'
import type { EntryId, Filesystem } from '../image/filesystem.ts'

/** Equal contents of this many bytes at several paths are worth a finding; smaller ones are noise. */
export const duplicateSize = 64 * 1024

/** Which contents are equal. Pure: digests were read before, by `identify`. */
export class Identity {
  readonly #filesystem: Filesystem
  readonly #rewrites: Int32Array
  /** The first and the last of those of one path that have one content: a path can stand a million times in one layer. */
  readonly #origin: Int32Array
  readonly #newest: Int32Array

  constructor(filesystem: Filesystem) {
    this.#filesystem = filesystem
    this.#rewrites = new Int32Array(filesystem.count).fill(none)
    for (let id = 0; id < filesystem.count; id++) {
      const older = filesystem.older(id)
      if (older !== undefined && hides(filesystem, id, older) && this.#equal(id, older)) this.#rewrites[id] = older
    }
    // A content that some visible name shares which rewrites nothing (`ln`) has to be stored anyway.
    const checked = new Set<EntryId>()
    for (let id = 0; id < filesystem.count; id++) {
      if (this.#rewrites[id] === none || !filesystem.hasNames(id)) continue
      const inode = filesystem.inode(id)
      if (checked.has(inode)) continue
      checked.add(inode)
      if (filesystem.countedNames(id).every(name => this.#rewrites[name] !== none)) continue
      for (const name of filesystem.names(id)) this.#rewrites[name] = none
    }
    this.#origin = new Int32Array(filesystem.count)
    this.#newest = new Int32Array(filesystem.count).fill(none)
    // An older entry has a smaller number.
    for (let id = 0; id < filesystem.count; id++) {
      const older = this.#rewrites[id] ?? none
      this.#origin[id] = older === none ? id : (this.#origin[older] ?? id)
    }
    for (let id = filesystem.count - 1; id >= 0; id--) {
      if (this.#newest[id] === none) this.#newest[id] = id
      const older = this.#rewrites[id] ?? none
      if (older !== none) this.#newest[older] = this.#newest[id] ?? id
    }
  }

  /** SHA-256 of an entry's content, to key by; undefined where it was not looked at, or is empty. */
  digest(id: EntryId): string | undefined {
    const inode = this.#filesystem.inode(id)
    const layer = this.#filesystem.layers[this.#filesystem.layerOf(inode)]
    return layer?.index.facts.digests.get(this.#filesystem.ordinal(inode))
  }

  /** Whether two entries at one path, hard links followed, are files of equal content or symlinks of equal target. There
   *  a CRC-64 is enough: nobody writes a file over another of its size to make it seem the same. */
  #equal(a: EntryId, b: EntryId): boolean {
    const filesystem = this.#filesystem
    const first = filesystem.inode(a)
    const second = filesystem.inode(b)
    if (first === second) return true
    const size = filesystem.content(first)
    const kind = filesystem.kind(first)
    if (kind !== filesystem.kind(second) || size === 0 || size !== filesystem.content(second)) return false
    if (kind === 'symlink') return filesystem.target(first) === filesystem.target(second)
    const digest = this.digest(first)
    if (digest !== undefined && this.digest(second) !== undefined) return digest === this.digest(second)
    const checksum = checksumOf(filesystem, first)
    return checksum !== undefined && checksum === checksumOf(filesystem, second)
  }

  /** The entry at the same path whose content this one stores again, for a chown, chmod or touch. */
  rewrites(id: EntryId): EntryId | undefined {
    const older = this.#rewrites[id]
    return older === none ? undefined : older
  }

  /** The first entry at this path that had this content. */
  origin(id: EntryId): EntryId {
    return this.#origin[id] ?? id
  }

  /** The newest entry at this path that still has this content: what it is rewritten by, last of all. */
  newest(id: EntryId): EntryId {
    return this.#newest[id] ?? id
  }
}

/** Whether an entry stands in the place of an older one that its own layer hides, by a marker (a folder removed and made
 *  again) or by the entry itself; not where a layer between had removed that. */
export function hides(filesystem: Filesystem, id: EntryId, older: EntryId): boolean {
  const by = filesystem.hiddenBy(older)
  return by !== undefined && filesystem.layerOf(by) === filesystem.layerOf(id)
}

/** CRC-64 of an entry's content, to compare and to key by, where an engine's record has it. */
export function checksumOf(filesystem: Filesystem, inode: EntryId): string | undefined {
  return filesystem.layers[filesystem.layerOf(inode)]?.index.facts.checksums?.get(filesystem.ordinal(inode))
}
