import type { EntryId, Filesystem } from '../image/filesystem.ts'
import type { StoredShares } from '../image/stored-shares.ts'
import type { Gross } from './gross.ts'

/** Bytes of blobs; undefined where they are not known for every part of the sum. */
export type StoredBytes = number | undefined

/** What contents cost in the blobs of their layers, each of which is kept and pulled once: at its first place. */
export class StoredCosts {
  readonly #filesystem: Filesystem
  /** By layer; null where the layer has stood before. */
  readonly #shares: readonly (StoredShares | null | undefined)[]

  constructor(filesystem: Filesystem) {
    this.#filesystem = filesystem
    const { layers } = filesystem
    const first = new Map(layers.map(({ index, position }) => [index.diffId, position] as const).reverse())
    this.#shares = layers.map(({ index, position, shares }) => (first.get(index.diffId) === position ? shares : null))
  }

  /** What bytes `from` to `to` of a content cost, as many in size as they are: parts of one content sum to its share. */
  part(inode: EntryId, from: number, to: number): StoredBytes {
    const shares = this.#shares[this.#filesystem.layerOf(inode)]
    if (from === to || shares === null) return 0
    if (shares === undefined) return undefined
    const share = shares.of(this.#filesystem.ordinal(inode))
    const content = this.#filesystem.content(inode)
    const until = (offset: number) => (offset === content ? share : Math.round(share * (offset / content)))
    return until(to) - until(from)
  }

  /** What all that a finding claims costs. */
  gross(gross: Gross): StoredBytes {
    let sum: StoredBytes = 0
    gross.forEach((name, bytes) => {
      sum = plus(sum, this.part(this.#filesystem.inode(name), 0, bytes))
    })
    return sum
  }

  /** All blobs, taken apart: contents, entries without any, and what is no entry's. */
  parts(): { readonly contents: number; readonly empty: number; readonly rest: number } | undefined {
    let contents = 0
    let empty = 0
    let rest = 0
    for (const [position, shares] of this.#shares.entries()) {
      if (shares === undefined) return undefined
      if (shares === null) continue
      const { from, to } = this.#filesystem.range(position)
      for (let id = from; id < to; id++) {
        const share = shares.of(id - from)
        if (this.#filesystem.content(id) > 0) contents += share
        else empty += share
      }
      rest += shares.rest
    }
    return { contents, empty, rest }
  }
}

/** A sum is known where all its parts are. */
export function plus(a: StoredBytes, b: StoredBytes): StoredBytes {
  return a === undefined || b === undefined ? undefined : a + b
}
