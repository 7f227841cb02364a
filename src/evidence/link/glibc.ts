import type { EntryId } from '../../image/filesystem.ts'
import { cleanPath } from '../../image/path.ts'
import type { LoaderCache } from './cache.ts'
import { judge } from './candidate.ts'
import { expand, hasOrigin, type Tokens } from './expand.ts'
import { FolderLists, nearest } from './folder-lists.ts'
import type { LinkRule } from './links.ts'
import type { Loader } from './loader.ts'
import { MappedFile } from './mapped-file.ts'
import type { Processor } from './processor.ts'
import type { Root } from './root.ts'
import type { Found, Search, SearchList, Way } from './search.ts'
import type { Steps } from './steps.ts'

/** What surrounds a program when it starts. */
export interface Surroundings {
  readonly libraryPath: string
  readonly workingDir: string
  readonly processor: Processor
  /** It runs with the rights of another user: the loader takes no folders from the environment (ld.so(8), AT_SECURE). */
  readonly secure: boolean
  /** Folder of the program: `$ORIGIN` in LD_LIBRARY_PATH; undefined where that has none. */
  readonly origin: string | undefined
}

/** The search of glibc's ld.so, in its order (elf/dl-load.c, _dl_map_object). */
export class GlibcSearch implements Search {
  readonly #root: Root
  readonly #steps: Steps
  readonly #loader: Loader
  readonly #around: Surroundings
  readonly #cache: LoaderCache | undefined
  readonly #lists: FolderLists
  readonly #environment: SearchList | undefined
  readonly #folders: SearchList
  readonly #mapped = new Map<string, MappedFile>()

  constructor(root: Root, steps: Steps, loader: Loader, cache: LoaderCache | undefined, around: Surroundings) {
    this.#root = root
    this.#steps = steps
    this.#loader = loader
    this.#around = around
    this.#cache = loader.readsCache ? cache : undefined
    this.#lists = new FolderLists(root, steps, around.workingDir, around.processor.hwcaps)
    const { libraryPath, secure, origin } = around
    if (libraryPath !== '' && !secure) {
      const elements = libraryPath.split(/[:;]/)
      this.#environment = this.#listOf('LD_LIBRARY_PATH', elements, origin ?? '')
    }
    this.#folders = this.#listOf('default', loader.folders, '')
  }

  mapped(inode: EntryId, path: string): MappedFile {
    return this.#map(inode, path, false)
  }

  /** A program of a surrounding that is secure may take `$ORIGIN` to the loader's own folders only. */
  program(inode: EntryId, path: string): MappedFile {
    return this.#map(inode, path, this.#around.secure)
  }

  #map(inode: EntryId, path: string, distrusted: boolean): MappedFile {
    const key = `${inode} ${path}`
    const known = this.#mapped.get(key)
    if (known !== undefined) return known
    const file = new MappedFile(inode, path, this.#root.filesystem.binary(inode))
    const { rpath, runpath } = file.dynamic ?? {}
    const list = (rule: 'rpath' | 'runpath', text: string | undefined) => {
      if (text === undefined || text === '') return undefined
      const elements = text.split(':').filter(part => !distrusted || !hasOrigin(part) || this.#trusts(file, part))
      return this.#listOf(rule, elements, file.origin)
    }
    // What has both has only the second.
    if (runpath === undefined) file.rpath = list('rpath', rpath)
    file.runpath = list('runpath', runpath)
    this.#mapped.set(key, file)
    return file
  }

  wayOf(file: MappedFile, by: Way | undefined): Way {
    const chain = file.rpath === undefined ? (by?.chain ?? []) : nearest(file.rpath, by?.chain ?? [])
    const own = file.dynamic?.runpath === undefined ? chain : []
    const environment = this.#environment === undefined ? [] : [this.#environment]
    const runpath = file.runpath === undefined ? [] : [file.runpath]
    const noDefaultFolders = file.dynamic?.noDefaultFolders === true
    return this.#lists.way({ chain, lists: [...own, ...environment, ...runpath], noDefaultFolders })
  }

  nameOf(file: MappedFile, written: string): string {
    return written.includes('$') ? expand(written, this.#tokens(file.origin)) : written
  }

  answersTo({ path, dynamic }: MappedFile): readonly string[] {
    return dynamic?.soname === undefined ? [path] : [path, dynamic.soname]
  }

  find(way: Way, name: string): Found {
    if (name.includes('/')) return this.#byPath(name)
    const known = way.found.get(name)
    if (known !== undefined) return known
    const found = this.#search(way, name)
    way.found.set(name, found)
    return found
  }

  #search(way: Way, name: string): Found {
    for (const list of way.lists) {
      const found = this.#in(list, name)
      if (found !== undefined) return this.#compared(way, found, name)
    }
    const cached = this.#cached(way, name)
    if (cached !== undefined) return cached
    const found = way.noDefaultFolders ? undefined : this.#in(this.#folders, name)
    return found ?? { file: undefined, rule: 'not-found', written: 'no folder that is searched has it' }
  }

  #compared(way: Way, found: Found, name: string): Found {
    if (found.rule !== 'LD_LIBRARY_PATH') return found
    const runpath = way.lists.find(({ rule }) => rule === 'runpath')
    const instead = runpath === undefined ? undefined : this.#in(runpath, name)?.file
    return instead === undefined || instead.inode === found.file?.inode ? found : { ...found, instead }
  }

  #in(list: SearchList, name: string): Found | undefined {
    for (const { folder, written } of list.folders) {
      this.#steps.take()
      const inode = folder.find(name)
      const found = inode === undefined ? undefined : this.#taken(inode, `${folder.path}/${name}`, list.rule, written)
      if (found !== undefined) return { ...found, list }
    }
    return undefined
  }

  #cached(way: Way, name: string): Found | undefined {
    const path = this.#cache?.find(name, this.#loader.machine, this.#around.processor.hwcaps)
    if (path === undefined) return undefined
    if (way.noDefaultFolders && this.#loader.folders.some(folder => path.startsWith(`${folder}/`))) return undefined
    const inode = this.#root.file(path)
    return inode === undefined ? undefined : this.#taken(inode, path, 'cache', path)
  }

  #byPath(name: string): Found {
    const path = name.startsWith('/') ? name : `${this.#around.workingDir.replace(/\/+$/, '')}/${name}`
    const inode = this.#root.file(path)
    const found = inode === undefined ? undefined : this.#taken(inode, path, 'path', name)
    return found ?? { file: undefined, rule: 'not-found', written: 'there is no such file' }
  }

  #taken(inode: EntryId, path: string, rule: LinkRule, written: string): Found | undefined {
    const judgement = judge(this.#root.filesystem, inode, this.#loader.machine)
    if (judgement === 'pass') return undefined
    if (judgement === 'take') return { file: this.mapped(inode, path), rule, written }
    return { file: undefined, rule: 'not-found', written: `the loader stops at ${path}, which ${judgement.stops}` }
  }

  #listOf(rule: LinkRule, elements: readonly string[], origin: string): SearchList {
    const tokens = this.#tokens(origin)
    return this.#lists.list(
      rule,
      elements.map(written => ({ path: expand(written, tokens), written })),
    )
  }

  #trusts({ origin }: MappedFile, element: string): boolean {
    const folder = `${cleanPath(expand(element, this.#tokens(origin)))}/`
    return this.#loader.folders.some(trusted => folder.startsWith(`${trusted}/`))
  }

  #tokens(origin: string): Tokens {
    return { origin, lib: this.#loader.lib, platform: this.#around.processor.platform }
  }
}
