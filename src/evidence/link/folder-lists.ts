import type { LinkRule } from './links.ts'
import type { Root } from './root.ts'
import type { SearchFolder, SearchList, Way } from './search.ts'
import type { Steps } from './steps.ts'

/** Lists of folders and ways through them, each made once. */
export class FolderLists {
  readonly #root: Root
  readonly #steps: Steps
  readonly #workingDir: string
  /** Looked into before each folder itself. */
  readonly #below: readonly string[]
  readonly #lists = new Map<string, SearchList>()
  readonly #ways = new Map<string, Way>()

  constructor(root: Root, steps: Steps, workingDir: string, below: readonly string[]) {
    this.#root = root
    this.#steps = steps
    this.#workingDir = workingDir.replace(/\/+$/, '')
    this.#below = below
  }

  /** Relative folders count from where the image starts; an empty one is that folder. */
  list(rule: LinkRule, elements: readonly { readonly path: string; readonly written: string }[]): SearchList {
    this.#steps.take(elements.length * (1 + this.#below.length))
    const key = `${rule} ${elements.map(({ path }) => path).join('\0')}`
    const known = this.#lists.get(key)
    if (known !== undefined) return known
    const folders: SearchFolder[] = []
    // What the first look at a folder did not find, the second does not: a hostile path names one 60,000 times.
    const seen = new Set<number>()
    const add = (folder: SearchFolder['folder'] | undefined, as: string) => {
      if (folder === undefined || seen.has(folder.node)) return
      seen.add(folder.node)
      folders.push({ folder, written: as })
    }
    for (const { path, written } of elements) {
      const trimmed = path.replace(/\/+$/, '')
      const absolute = path.startsWith('/') ? trimmed || '/' : `${this.#workingDir}/${trimmed || '.'}`
      for (const below of this.#below) {
        add(this.#root.folder(`${absolute}/glibc-hwcaps/${below}`), `${written} (glibc-hwcaps/${below})`)
      }
      add(this.#root.folder(absolute), written)
    }
    const list = { id: this.#lists.size, rule, folders }
    this.#lists.set(key, list)
    return list
  }

  way({ chain, lists, noDefaultFolders }: Pick<Way, 'chain' | 'lists' | 'noDefaultFolders'>): Way {
    this.#steps.take(chain.length + lists.length)
    const key = `${ids(chain)} ${ids(lists)} ${noDefaultFolders}`
    const known = this.#ways.get(key)
    if (known !== undefined) return known
    const way = { id: this.#ways.size, chain, lists, noDefaultFolders, found: new Map() }
    this.#ways.set(key, way)
    return way
  }
}

function ids(lists: readonly SearchList[]): string {
  return lists.map(({ id }) => id).join()
}

/** A list before all others; what is in it already is not searched again. */
export function nearest(list: SearchList, chain: readonly SearchList[]): readonly SearchList[] {
  return [list, ...chain.filter(other => other !== list)]
}
