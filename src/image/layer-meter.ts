import type { SparseRun } from '../tar/member.ts'
import type { Entries } from './entries.ts'
import type { Entry } from './entry.ts'
import { type Meter, nameBytes } from './meter.ts'

const slash = 0x2f

/** What takes the memory of one entry too: runs of a sparse file, texts in a record. */
const runs = 2
const listed = 2

/** Bytes. The folders of a longer path are foreseen before they are made. */
const longPath = 4096

/** Adds entries to those of one layer, and counts them by the memory that they take. */
export class LayerMeter {
  readonly #meter: Meter
  readonly #entries: Entries
  #taken = 0

  constructor(meter: Meter, entries: Entries) {
    this.#meter = meter
    this.#entries = entries
  }

  /** Throws LIMIT where entries are too many; else adds one, and answers with its ordinal. */
  add(entry: Entry, sparse: readonly SparseRun[] | undefined): number {
    const { path, target = '' } = entry
    this.#meter.checkPath(path)
    this.#meter.checkPath(target)
    this.#take(
      1 +
        Math.floor(path.length / nameBytes) +
        Math.floor(target.length / nameBytes) +
        Math.floor((sparse?.length ?? 0) / runs),
    )
    const { folders } = this.#entries
    const before = folders.size
    // As many folders as a path has parts are new at most.
    if (path.length > longPath) this.#meter.check(parts(path))
    const ordinal = this.#entries.add(entry)
    // The folder that an entry lies in mostly has an entry of its own, which has been counted.
    if (folders.size > before + 1) this.#take(folders.size - before - 1)
    return ordinal
  }

  /** Counts what a probe read out of a file; throws LIMIT. */
  addFact(fact: object): void {
    this.#take(Math.floor(texts(fact) / listed))
  }

  /** The layer does not count: all that it took may be taken by others. */
  giveBack(): void {
    this.#meter.giveBack(this.#taken)
    this.#taken = 0
  }

  #take(count: number): void {
    this.#meter.take(count)
    this.#taken += count
  }
}

/** Texts in a record, whatever its form; a long one counts as several. */
function texts(value: unknown): number {
  if (typeof value === 'string') return 1 + Math.floor(value.length / nameBytes)
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  for (const item of Array.isArray(value) ? value : Object.values(value)) count += texts(item)
  return count
}

function parts(path: string): number {
  let count = 0
  for (let at = 0; at < path.length; at++) if (path.charCodeAt(at) === slash) count++
  return count
}
