import type { EntryId } from '../../image/filesystem.ts'
import { baseName } from '../../image/path.ts'
import { judge } from './candidate.ts'
import { FolderLists, nearest } from './folder-lists.ts'
import type { Surroundings } from './glibc.ts'
import type { LinkRule } from './links.ts'
import type { Loader } from './loader.ts'
import { MappedFile } from './mapped-file.ts'
import type { Root } from './root.ts'
import type { Found, Search, SearchList, Way } from './search.ts'
import type { Steps } from './steps.ts'

/** Names that are the loader itself, whatever stands behind them. */
const ownNames = /^lib(?:c|pthread|rt|m|dl|util|xnet)\./

/**
 * The search of musl's loader, in its order (ldso/dynlink.c, load_library): LD_LIBRARY_PATH, then RUNPATH or RPATH of the
 * object and of those that loaded it, then the system's folders. A SONAME means nothing to it.
 */
export class MuslSearch implements Search {
  readonly #root: Root
  readonly #steps: Steps
  readonly #loader: Loader
  readonly #workingDir: string
  readonly #lists: FolderLists
  readonly #environment: SearchList | undefined
  readonly #folders: SearchList
  readonly #mapped = new Map<string, MappedFile>()

  constructor(root: Root, steps: Steps, loader: Loader, { libraryPath, workingDir, secure }: Surroundings) {
    this.#root = root
    this.#steps = steps
    this.#loader = loader
    this.#workingDir = workingDir.replace(/\/+$/, '')
    this.#lists = new FolderLists(root, steps, workingDir, [])
    if (libraryPath !== '' && !secure) this.#environment = this.#listOf('LD_LIBRARY_PATH', libraryPath)
    this.#folders = this.#listOf('default', loader.folders.join(':'))
  }

  mapped(inode: EntryId, path: string): MappedFile {
    const key = `${inode} ${path}`
    const known = this.#mapped.get(key)
    if (known !== undefined) return known
    const file = new MappedFile(inode, path, this.#root.filesystem.binary(inode))
    const text = file.dynamic?.runpath ?? file.dynamic?.rpath
    // A token that it does not know makes all of it void.
    const expanded = text === undefined ? '' : originsOnly(text, file.origin)
    if (expanded !== '') file.rpath = this.#listOf(file.dynamic?.runpath === undefined ? 'rpath' : 'runpath', expanded)
    this.#mapped.set(key, file)
    return file
  }

  wayOf(file: MappedFile, by: Way | undefined): Way {
    const chain = file.rpath === undefined ? (by?.chain ?? []) : nearest(file.rpath, by?.chain ?? [])
    const lists = this.#environment === undefined ? chain : [this.#environment, ...chain]
    return this.#lists.way({ chain, lists: [...lists, this.#folders], noDefaultFolders: false })
  }

  nameOf(_file: MappedFile, written: string): string {
    return written
  }

  answersTo({ path }: MappedFile): readonly string[] {
    return [baseName(path)]
  }

  find(way: Way, name: string): Found {
    const known = way.found.get(name)
    if (known !== undefined) return known
    const found = this.#search(way, name)
    way.found.set(name, found)
    return found
  }

  #search(way: Way, name: string): Found {
    if (ownNames.test(name)) {
      const { file, path } = this.#loader
      if (file === undefined) return { file, rule: 'not-found', written: 'the image has no loader' }
      return { file: this.mapped(file, path), rule: 'default', written: "musl's loader is its libc" }
    }
    if (name.includes('/')) {
      const path = name.startsWith('/') ? name : `${this.#workingDir}/${name}`
      const inode = this.#root.file(path)
      if (inode === undefined) return { file: undefined, rule: 'not-found', written: 'there is no such file' }
      return this.#taken(inode, path, 'path', name)
    }
    for (const list of way.lists) {
      for (const { folder, written } of list.folders) {
        this.#steps.take()
        const inode = folder.find(name)
        if (inode !== undefined) return { ...this.#taken(inode, `${folder.path}/${name}`, list.rule, written), list }
      }
    }
    return { file: undefined, rule: 'not-found', written: 'no folder that is searched has it' }
  }

  #taken(inode: EntryId, path: string, rule: LinkRule, written: string): Found {
    const judgement = judge(this.#root.filesystem, inode, this.#loader.machine)
    if (judgement === 'take') return { file: this.mapped(inode, path), rule, written }
    const why = judgement === 'pass' ? 'is for another machine' : judgement.stops
    return { file: undefined, rule: 'not-found', written: `the loader stops at ${path}, which ${why}` }
  }

  #listOf(rule: LinkRule, text: string): SearchList {
    const elements = text.split(/[:\n]/).filter(element => element !== '')
    return this.#lists.list(
      rule,
      elements.map(path => ({ path, written: path })),
    )
  }
}

function originsOnly(text: string, origin: string): string {
  return text.replaceAll(origins, '').includes('$') ? '' : text.replaceAll(origins, () => origin)
}

const origins = /\$(?:\{ORIGIN\}|ORIGIN)/g
