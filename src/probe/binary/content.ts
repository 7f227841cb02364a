import type { Binary } from './binary.ts'
import type { FoundContent } from './content-scan.ts'
import type { Range } from './range.ts'

/** One kind of file, whose tables are being read. */
export interface Content {
  /** What else is looked for than GPU code: bare frames, and names of libraries. */
  readonly options: { readonly frames: boolean; readonly names: boolean }
  /** Bytes at the start of the file that have passed, and are to be searched too. */
  readonly head?: Buffer
  /** Where to look, as soon as that is known: all that may be needed, from what has not passed yet on. */
  ranges(): readonly Range[] | undefined
  /** Which of `ranges` are needed, now that all tables were read. */
  needed(ranges: readonly Range[]): readonly Range[]
  /** undefined where there is nothing to say. */
  binary(found: FoundContent): Binary | undefined
}
