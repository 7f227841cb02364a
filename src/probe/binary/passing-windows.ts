import type { Range } from './range.ts'
import { SectionNames } from './section-names.ts'
import { WindowMemory } from './window-memory.ts'
import { isAhead, Queue, type Taker, type Windows } from './windows.ts'

interface Wanted extends Range {
  readonly then: Taker
  bytes?: Buffer
}

/** Keeps of passing bytes what was asked for. */
export class PassingWindows implements Windows {
  readonly size: number
  position = 0
  readonly #wanted = new Queue<Wanted>()
  readonly #memory = new WindowMemory()
  #names: SectionNames | undefined

  constructor(size: number) {
    this.size = size
  }

  want({ start, end }: Range, then: Taker): void {
    if (isAhead({ start, end }, this)) this.#wanted.add({ start, end, then })
    else then(undefined)
  }

  watch(range: Range): void {
    this.#names = new SectionNames(range)
  }

  watched(range: Range): Buffer | undefined {
    return this.#names?.table(range)
  }

  /** Whether nothing is asked for any more. */
  get done(): boolean {
    return this.#wanted.length === 0
  }

  /** No window is read any more. */
  release(): void {
    this.#memory.release()
  }

  /** Answers with the next offset that is wanted. What was not wanted may be left out. */
  push(chunk: Buffer, at: number): number {
    const end = at + chunk.length
    this.position = Math.max(this.position, at)
    this.#complete(chunk, at, end)
    this.#names?.push(chunk, at)
    let next = this.#names?.wanted ?? Infinity
    for (const { start } of this.#wanted) next = Math.min(next, Math.max(start, end))
    return next
  }

  #complete(chunk: Buffer, at: number, end: number): void {
    for (;;) {
      const next = this.#wanted.first()
      const upTo = Math.min(end, next?.end ?? end)
      for (const wanted of this.#wanted) this.#copy(wanted, chunk, at, upTo)
      this.position = Math.max(this.position, upTo)
      if (next === undefined || next.end > end) return
      this.#wanted.shift()
      const bytes = next.bytes ?? Buffer.alloc(0)
      const { start } = next
      next.then({ start, end: next.end, read: (from, to) => bytes.subarray(from - start, to - start) })
    }
  }

  #copy(wanted: Wanted, chunk: Buffer, at: number, upTo: number): void {
    const from = Math.max(this.position, wanted.start)
    const to = Math.min(upTo, wanted.end)
    if (from >= to) return
    wanted.bytes ??= this.#memory.take(wanted.end - wanted.start)
    chunk.copy(wanted.bytes, from - wanted.start, from - at, to - at)
  }
}
