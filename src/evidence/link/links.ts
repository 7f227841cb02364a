import type { EntryId } from '../../image/filesystem.ts'
import type { Notice } from '../../image/notice.ts'

/** What decided where a library came from, in the order in which ld.so looks (ld.so(8)). */
export type LinkRule =
  | 'path' // its name has a slash; an interpreter
  | 'preload'
  | 'rpath'
  | 'LD_LIBRARY_PATH'
  | 'runpath'
  | 'cache'
  | 'default'
  | 'already-loaded' // another file answered to the name before the search would have found one
  | 'not-found'

/**
 * How it is known that the loader of an edge is in use itself. loaded: it is a program, a module that Python can import, or
 * one of these needs it. opened: its name stands in the data of one that is loaded, which may open it. alone: nothing here
 * is known to load it; what opens it by a path (a plug-in, ctypes) would do it like this.
 */
export type Reach = 'loaded' | 'opened' | 'alone'

/** One name that one file asks for, and what it gets. */
export interface LinkEdge {
  readonly from: EntryId
  readonly name: string
  readonly to: EntryId | undefined
  readonly rule: LinkRule
  /** `RPATH $ORIGIN/../../nvidia/cublas/lib of /…/libtorch_cuda.so` */
  readonly because: string
  readonly reach: Reach
  /** What its RUNPATH would have got, where LD_LIBRARY_PATH came before. */
  readonly instead?: EntryId
  /** Not found, as it should be: the driver of the host brings it. */
  readonly expected?: true
}

/** What starts a chain of loads. */
export type RootKind = 'program' | 'module'

/** Who loads which file of the final image, as ld.so would. Files are named by what holds their content: hard links as one. */
export interface Links {
  /** Who needs this file and gets it, where that one is loaded or opened itself. */
  loadersOf(inode: EntryId): readonly LinkEdge[]
  /** Who would get it, of the files that nothing here is known to load. */
  loadersAlone(inode: EntryId): readonly LinkEdge[]
  /** Who would get it by opening a name that stands in its data. */
  openersOf(inode: EntryId): readonly LinkEdge[]
  /** For one ELF file: what each NEEDED name resolves to when it is loaded from its roots (distinct outcomes). */
  neededOf(inode: EntryId): readonly LinkEdge[]
  /** Who needs this name and gets nothing by it, in use or not. */
  needersOf(name: string): readonly LinkEdge[]
  /** For one ELF file: what the names in its data that are found get. */
  openedOf(inode: EntryId): readonly LinkEdge[]
  /** Files whose data names this library (dlopen): by SONAME or base name, with its version or without. */
  namedBy(name: string): readonly EntryId[]
  /** ELF files with this SONAME, in tar order. */
  withSoname(soname: string): readonly EntryId[]
  /** Whether it is loaded for its own sake. */
  rootKind(inode: EntryId): RootKind | undefined
  /** Whether what the image starts by its own configuration loads it, without more than that program and its needs. */
  startLoads(inode: EntryId): boolean
  /** Of `loaded` and `opened` loaders. */
  readonly unresolved: readonly LinkEdge[]
  readonly notices: readonly Notice[]
  /** ELF files whose link data is not known, and why, in words that follow the path. */
  readonly unread: readonly { readonly inode: EntryId; readonly why: string }[]
}
