import type { EntryId } from '../../image/filesystem.ts'
import type { Binary, Dynamic } from '../../probe/binary/binary.ts'
import type { Placed } from './placed.ts'
import type { SearchList, Way } from './search.ts'

/** An ELF file under the path by which a loader opened it. */
export class MappedFile {
  readonly inode: EntryId
  readonly path: string
  readonly dynamic: Dynamic | undefined
  readonly needed: readonly string[]
  /** What it filters for: an object that is not there is no error, for one kind of them. */
  readonly filters: readonly string[]
  /** Names in its data. */
  readonly names: readonly string[]
  /** RPATH, or what counts as one. */
  rpath: SearchList | undefined
  runpath: SearchList | undefined
  /** By the way of what loads it: how it is loaded then. */
  readonly placed = new Map<Way | undefined, Placed>()

  constructor(inode: EntryId, path: string, binary: Binary | undefined) {
    this.inode = inode
    this.path = path
    this.dynamic = binary?.elf?.dynamic
    this.needed = this.dynamic?.needed ?? []
    this.filters = this.dynamic?.filters ?? []
    this.names = binary?.names ?? []
  }

  /** `$ORIGIN`. */
  get origin(): string {
    return this.path.slice(0, this.path.lastIndexOf('/')) || '/'
  }
}
