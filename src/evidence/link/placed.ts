import type { LinkEdge } from './links.ts'
import type { MappedFile } from './mapped-file.ts'
import type { Loaded } from './rounds.ts'
import type { Found, Way } from './search.ts'

/** Who answers to a name, or is a file, in the round of that number. */
export interface Slot {
  round: number
  loaded: Loaded | undefined
}

/** A name of a file, and what it gets when nothing else answers to it before. */
export interface Ask {
  readonly name: string
  readonly found: Found
  /** Of the name, and of the file that is found. */
  readonly answers: Slot
  readonly file: Slot | undefined
  /** The edge for that, once there is one: a library asks the same in a thousand programs. */
  edge: LinkEdge | undefined
}

/** A file that is loaded in one way: everything about it that no round changes. */
export interface Placed {
  readonly file: MappedFile
  readonly way: Way
  readonly needed: readonly Ask[]
  readonly named: readonly Ask[]
  /** Of the names that it answers to, and its own. */
  readonly answersTo: readonly Slot[]
  readonly own: Slot
  /** Whether something that is in use has loaded it. */
  reached: boolean
}
