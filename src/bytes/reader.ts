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
  /** Called once after the last byte that could be delivered. */
  end(): Result
}
