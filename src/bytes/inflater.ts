/**
 * Inflates bytes that are pushed at it. Errors come from `push` and `end`: ARCHIVE_TRUNCATED, CHECKSUM_WRONG (damage of
 * any kind), ARCHIVE_INVALID (junk after the end), and whatever `emit` throws.
 */
export interface Inflater {
  /** The next push may come, and `chunk` be written over, once the promise has settled, at once without one. */
  push(chunk: Buffer): void | Promise<void>
  /** All has been pushed: resolves when all has been emitted. */
  end(): Promise<void>
  /** Lets go of what it holds, for who does not come to the end; after an error, and a second time, it does nothing. */
  close(): void
  /** How many bytes of input have been inflated so far. */
  readonly consumed: number
}
