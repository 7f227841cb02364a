import type { EntryId } from '../../image/filesystem.ts'
import type { LinkRule } from './links.ts'
import type { MappedFile } from './mapped-file.ts'
import type { Folder } from './root.ts'

/** Folders that are searched together, those that are not there left out. */
export interface SearchList {
  readonly id: number
  readonly rule: LinkRule
  readonly folders: readonly SearchFolder[]
}

export interface SearchFolder {
  readonly folder: Folder
  /** As it stands in the file or the variable. */
  readonly written: string
}

/**
 * All that decides what a name gets, but the name: the same for most files of an image. `chain` are the RPATHs of the
 * object and of those that loaded it, nearest first, which what it loads inherits; `lists` are searched in this order.
 */
export interface Way {
  readonly id: number
  readonly chain: readonly SearchList[]
  readonly lists: readonly SearchList[]
  /** DF_1_NODEFLIB. */
  readonly noDefaultFolders: boolean
  readonly found: Map<string, Found>
}

/** What a search ends with. One object for one outcome, so that outcomes are told apart by it. */
export interface Found {
  /** undefined where nothing is found. */
  readonly file: MappedFile | undefined
  readonly rule: LinkRule
  readonly list?: SearchList
  /** The folder as written, the path in the cache, or why nothing is found. */
  readonly written: string
  /** What the RUNPATH would have got, where LD_LIBRARY_PATH came before with another file. */
  readonly instead?: MappedFile
}

/** How one kind of loader looks for a name. */
export interface Search {
  /** What a file that is loaded by something of this way looks through; a program is loaded by nothing. */
  wayOf(file: MappedFile, by: Way | undefined): Way
  find(way: Way, name: string): Found
  /** What a name in a file stands for: tokens replaced. */
  nameOf(file: MappedFile, written: string): string
  /** Names that a file answers to once it is loaded, besides the one that was asked for. */
  answersTo(file: MappedFile): readonly string[]
  /** The file opened by a path. */
  mapped(inode: EntryId, path: string): MappedFile
}
