import { type Options, SingleBar } from 'cli-progress'
import { showName } from '../bytes/name.ts'
import { sizeText } from '../report/size-text.ts'
import type { Progress } from '../source/source.ts'
import { columnsOf, type Output } from './host.ts'

/** Milliseconds until anything is shown: what is quicker needs no bar. */
const patience = 500

/** Where a phase stands. */
export interface Stand {
  readonly phase: string
  /** What is being read right now. */
  readonly what: string
  readonly bytes: number
  /** 0 where it is not known. */
  readonly total: number
  readonly seconds: number
}

/** A bar on a terminal that shows how far reading has come, and takes itself away at the end. */
export class Bar implements Progress {
  readonly #stream: Output
  readonly #bar: SingleBar
  readonly #born = Date.now()
  #timer: NodeJS.Timeout | undefined
  #shown = false
  #since = 0
  #phase = ''
  #what = ''
  #bytes = 0
  #total = 0

  constructor(stream: Output) {
    this.#stream = stream
    this.#bar = new SingleBar({
      stream,
      clearOnComplete: true,
      hideCursor: true,
      barsize: 20,
      format: (options: Options) => this.#line(options.barsize ?? 20),
    })
  }

  begin(phase: string, total = 0): void {
    this.end()
    this.#phase = phase
    this.#what = ''
    this.#bytes = 0
    this.#total = total
    this.#since = Date.now()
    const left = this.#born + patience - this.#since
    if (left <= 0) this.#show()
    else this.#timer = setTimeout(() => this.#show(), left).unref()
  }

  advance(bytes: number, what?: string): void {
    this.#bytes += bytes
    if (what !== undefined) this.#what = what
    // Where nothing is waited for, no timer gets its turn.
    if (!this.#shown && Date.now() - this.#born >= patience) this.#show()
    if (this.#shown) this.#bar.update(this.#bytes)
  }

  end(): void {
    clearTimeout(this.#timer)
    if (this.#shown) this.#bar.stop()
    this.#shown = false
  }

  #show(): void {
    if (this.#shown) return
    this.#shown = true
    this.#bar.start(this.#total, this.#bytes)
  }

  #line(barsize: number): string {
    const seconds = (Date.now() - this.#since) / 1000
    const stand = { phase: this.#phase, what: this.#what, bytes: this.#bytes, total: this.#total, seconds }
    return progressLine(stand, barsize).slice(0, columnsOf(this.#stream) - 1)
  }
}

/** `██████░░░░  1.20 GB of 5.80 GB  210 MB/s  layer 3 of 12  reading app:1`: what a narrow terminal cuts off is the end. */
export function progressLine({ phase, what, bytes, total, seconds }: Stand, barsize: number): string {
  // A total can be an estimate.
  const read = total > 0 ? Math.min(bytes, total) : bytes
  const done = total > 0 ? Math.round((read / total) * barsize) : 0
  const parts = [
    ...(total > 0 ? ['█'.repeat(done) + '░'.repeat(barsize - done), `${sizeText(read)} of ${sizeText(total)}`] : []),
    ...(total === 0 && read > 0 ? [sizeText(read)] : []),
    ...(seconds > 0 && read > 0 ? [`${sizeText(Math.round(read / seconds))}/s`] : []),
    ...(what === '' ? [] : [showName(what)]),
    showName(phase),
  ]
  return parts.join('  ')
}
