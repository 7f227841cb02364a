import type { Reader } from '../bytes/reader.ts'

/**
 * A look into the contents of one regular file. `wants` sees that file alone, never configuration, other layers or later
 * entries, so that facts can be kept by diff ID.
 */
export interface Probe<Fact> {
  readonly id: string
  /** Raised when the same bytes would give another fact. */
  readonly version: number
  /** `path` is absolute and clean; `content` in bytes; `mode` has the bits of chmod(2). */
  wants(path: string, content: number, mode: number): boolean
  begin(path: string, content: number): Reader<Fact | undefined>
}
