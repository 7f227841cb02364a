import { ImgauditError } from '../../error.ts'

/** Milliseconds that an engine may say nothing, unless told. One with a graph driver writes the whole archive to its disk
 *  before it sends the first byte: 6 GB took 41 s. */
export const usualTimeout = 10 * 60_000

/** Milliseconds for all that is left to do at an engine, once it has fallen silent or the run is interrupted. */
const farewell = 5_000

/** Node takes no longer time, and would wait 1 ms instead. */
const longestTimer = 2 ** 31 - 1

/** Throws USAGE unless it is a time to wait. */
export function checkTimeout(timeout: number | undefined): void {
  if (timeout === undefined || timeout > 0) return
  const message = `expected timeout to be milliseconds above 0, got ${timeout}`
  throw new ImgauditError('USAGE', message, 'give it some, or Infinity to wait for ever')
}

/**
 * How long an engine is waited for. Only the time counts in which somebody waits and nothing comes: neither all the time
 * that an answer takes, nor that for which this process itself had no need of bytes.
 */
export class Patience {
  readonly #timeout: number
  readonly #silence: () => ImgauditError
  /** What each wait under way does when there is less time than it was given. */
  readonly #waits = new Set<() => void>()
  #end = Number.POSITIVE_INFINITY

  /** `who` says nothing, in the error: `the engine at unix:///var/run/docker.sock`. */
  constructor(who: string, timeout = usualTimeout) {
    this.#timeout = timeout
    this.#silence = () => {
      const fix =
        'see whether it still works, and restart it; one that only takes long gets longer: --timeout 1h, or none'
      return new ImgauditError('ENGINE_SILENT', `${who} has said nothing for ${timeText(timeout)}`, fix)
    }
  }

  /** Leaves a few seconds for all waits, those to come included: time to remove what was made, and no more. */
  hurry(): void {
    if (this.#end < Number.POSITIVE_INFINITY) return
    this.#end = performance.now() + farewell
    for (const arm of this.#waits) arm()
  }

  /** What is said next. Throws ENGINE_SILENT where that does not come in time; whoever asked for it has to stop it. */
  hear<Answer>(answer: Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined
      const arm = () => {
        clearTimeout(timer)
        const left = Math.min(this.#timeout, this.#end - performance.now())
        // What came while this process was busy is looked at first.
        if (left <= longestTimer) timer = setTimeout(() => setImmediate(giveUp), Math.max(0, left))
      }
      const giveUp = () => {
        if (!this.#waits.delete(arm)) return
        this.hurry()
        reject(this.#silence())
      }
      const end = () => {
        this.#waits.delete(arm)
        clearTimeout(timer)
      }
      this.#waits.add(arm)
      arm()
      answer.finally(end).then(resolve, reject)
    })
  }
}

/** `10 minutes`. */
export function timeText(milliseconds: number): string {
  const units = [['hour', 3_600_000] as const, ['minute', 60_000] as const]
  const [unit, length] = units.find(([, length]) => milliseconds % length === 0) ?? ['second', 1000]
  const count = milliseconds / length
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
