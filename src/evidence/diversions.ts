import type { Standing } from './standing.ts'

interface Diversion {
  readonly path: string
  readonly to: string
  readonly package: string
  readonly from: number
  upTo: number
}

/** Where dpkg puts files that another package, or somebody by hand, wants out of the way (dpkg-divert(1)). */
export class Diversions {
  /** By path: each run of layers in which it is diverted. */
  readonly #byPath = new Map<string, Diversion[]>()

  constructor(records: readonly Standing[]) {
    for (const { is, from, to } of records) {
      if (is.kind === 'dpkg-diversions') for (const one of is.diversions) this.#add({ ...one, from, upTo: to })
    }
  }

  /**
   * What a package's list names, as its files lie in the layers [from, to). One that was put there before its path was
   * diverted has lain at both.
   */
  where(listed: readonly string[], name: string, from: number, to: number): readonly string[] {
    if (this.#byPath.size === 0) return listed
    return listed.flatMap(path => {
      const moved =
        this.#byPath.get(path)?.filter(one => one.package !== name && one.from < to && from < one.upTo) ?? []
      const stays = moved.length === 0 || moved.some(one => one.from > from || one.upTo < to)
      return [...(stays ? [path] : []), ...moved.map(one => one.to)]
    })
  }

  #add(diversion: Diversion): void {
    const runs = this.#byPath.get(diversion.path)
    const same = runs?.find(
      run => run.to === diversion.to && run.package === diversion.package && run.upTo >= diversion.from,
    )
    if (same !== undefined) same.upTo = Math.max(same.upTo, diversion.upTo)
    else if (runs === undefined) this.#byPath.set(diversion.path, [diversion])
    else runs.push(diversion)
  }
}
