import type { Intake } from '../bytes/intake.ts'
import { encodeName, showName } from '../bytes/name.ts'
import { overLimit, type ReadLimits, readLimits } from '../bytes/read-limits.ts'
import type { ImgauditError } from '../error.ts'

/** So many times as long as its blob a layer may be, whatever its length: what a deflater makes of text is a tenth. */
const ordinary = 20

/** Bytes of a name, or of a target, that take the memory of one entry. */
export const nameBytes = 256

/** Counts what is read of one image against what may be read of it. */
export class Meter {
  readonly limits: ReadLimits
  #entries = 0

  /** `limits`: those that are other than usual. */
  constructor(limits: Partial<ReadLimits> = {}) {
    this.limits = { ...readLimits, ...limits }
  }

  /** Takes entries of the image; throws LIMIT, and takes none, where they are too many with those before. */
  take(entries: number): void {
    this.check(entries)
    this.#entries += entries
  }

  /** Takes a file of the archive that the image lies in, a blob or a document; throws LIMIT. */
  takeFile(name: string): void {
    this.checkPath(name)
    this.take(1 + Math.floor(name.length / nameBytes))
  }

  /** Throws LIMIT for a path, or a target, that no system takes. */
  checkPath(path: string): void {
    const limit = this.limits.path
    // No letter is longer.
    if (path.length * 4 > limit) checkLength(path, limit)
  }

  /** Throws LIMIT where so many more would be too many. */
  check(entries: number): void {
    if (this.#entries + entries > this.limits.entries) throw tooManyEntries(this.limits.entries)
  }

  /** What turned out not to count. */
  giveBack(entries: number): void {
    this.#entries -= entries
  }

  /** Watches something that is inflated: passes on what it hears to `intake`, and throws LIMIT where it becomes longer than
   *  compressed bytes can honestly be. `stored`: how many bytes are inflated, where that is known before. */
  inflating(stored: number | undefined, intake?: Intake): Intake {
    const limit = this.limits.unpacked
    let total = 0
    return {
      add(length, consumed) {
        total += length
        if (total > limit && total > ordinary * Math.max(stored ?? 0, consumed))
          throw bomb(limit, total, stored ?? consumed)
        intake?.add(length, consumed)
      },
    }
  }
}

function checkLength(path: string, limit: number): void {
  const { length } = encodeName(path)
  if (length <= limit) return
  const message = `a path of ${length} bytes (${showName(path.slice(0, 40))}…): Linux takes ${readLimits.path}, so no engine unpacks it`
  throw overLimit({ name: 'path', limit, needed: length }, message)
}

function tooManyEntries(limit: number): ImgauditError {
  return overLimit(
    { name: 'entries', limit },
    `the image has more than ${limit} entries, with what takes as much memory (folders that only paths name, long names, lists of packages, small blobs)`,
  )
}

function bomb(limit: number, total: number, stored: number): ImgauditError {
  const times = Math.floor(total / Math.max(1, stored))
  const message = `${stored} compressed bytes unpack to more than ${limit}, ${times} times as many, and there is more to come`
  return overLimit({ name: 'unpacked', limit }, message)
}
