import type { SeekableBytes } from './bytes.ts'

/**
 * Consumes one run of bytes that is pushed at it, front to back. It never pulls, because bytes that only pass cannot be
 * asked for: it answers each push with the next offset that it wants. A source that can seek jumps there; one that
 * cannot drops bytes until it. The driver delivers from exactly the wanted offset on (the first is 0), so a reader sees
 * gaps only where it asked for them.
 */
export interface Reader<Result> {
  /** `chunk` begins at offset `at`, and is valid during the call only. Answers with the next offset that is wanted,
   *  `Infinity` when nothing more is. */
  push(chunk: Buffer, at: number): number
  /** Takes contents that can be read at any offset, instead of pushes, where the reader can do with less of them than a
   *  front to back pass needs: the results are equal. Called once, before `end`, and never with `push`. */
  examine?(content: SeekableBytes): void
  /** Called once after the last byte that could be delivered. */
  end(): Result
}
