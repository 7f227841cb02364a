import { type Columns, grown } from './columns.ts'
import { Names } from './names.ts'
import { PathBytes } from './path-bytes.ts'

/** What the links of one layer name, by their ordinals. */
export class Targets {
  #ordinals: Uint32Array = new Uint32Array(16)
  #names = new Names()
  readonly #path = new PathBytes()

  /** Takes columns as they are; throws a RangeError when they do not fit together. */
  static fromColumns({ ordinals, ...columns }: Columns): Targets {
    const targets = new Targets()
    targets.#names = Names.fromColumns(columns)
    if (!(ordinals instanceof Uint32Array) || ordinals.length !== targets.#names.length)
      throw new RangeError('no columns of targets')
    for (let at = 1; at < ordinals.length; at++) {
      if ((ordinals[at] ?? 0) <= (ordinals[at - 1] ?? 0)) throw new RangeError(`target ${at} is out of order`)
    }
    targets.#ordinals = ordinals
    return targets
  }

  columns(): { readonly ordinals: Uint32Array; readonly bytes: Uint8Array; readonly end: Uint32Array } {
    return { ordinals: this.#ordinals.subarray(0, this.#names.length), ...this.#names.columns() }
  }

  /** Adds a target behind the others: of an entry that comes after theirs. */
  add(ordinal: number, target: string): void {
    this.#path.set(target)
    const at = this.#names.add(this.#path.bytes, 0, this.#path.length)
    if (at === this.#ordinals.length) this.#ordinals = grown(this.#ordinals, new Uint32Array(at * 2))
    this.#ordinals[at] = ordinal
  }

  get(ordinal: number): string | undefined {
    let from = 0
    let to = this.#names.length
    while (from < to) {
      const middle = (from + to) >>> 1
      if ((this.#ordinals[middle] ?? 0) < ordinal) from = middle + 1
      else to = middle
    }
    return from < this.#names.length && this.#ordinals[from] === ordinal ? this.#names.text(from) : undefined
  }
}
