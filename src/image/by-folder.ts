import type { PathTree } from './path-tree.ts'

/** What the path of a folder says of all that lies in it, worked out once: a million entries lie in few folders. */
export class ByFolder<Known extends NonNullable<unknown>> {
  readonly #tree: PathTree
  readonly #workOut: (folder: string) => Known
  readonly #known = new Map<number, Known>()
  /** The folder that was asked for last: what lies next to each other in a tar lies in one folder. */
  #last: { readonly folder: number; readonly known: Known } | undefined

  /** `workOut` gets the path of a folder with a slash at its end. */
  constructor(tree: PathTree, workOut: (folder: string) => Known) {
    this.#tree = tree
    this.#workOut = workOut
  }

  /** Of the folder that a node lies in. */
  around(node: number): Known {
    const folder = this.#tree.parent(node)
    if (this.#last?.folder !== folder) this.#last = { folder, known: this.#of(folder) }
    return this.#last.known
  }

  #of(folder: number): Known {
    const known = this.#known.get(folder)
    if (known !== undefined) return known
    const path = this.#tree.path(folder)
    const found = this.#workOut(path === '/' ? path : `${path}/`)
    this.#known.set(folder, found)
    return found
  }
}
