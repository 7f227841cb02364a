import type { GpuForm, GpuLabel, GpuPacking } from './gpu-code.ts'

/** How one kind of container is known and read, front to back. */
export interface GpuFormat {
  /** Part of the magic number that begins with a byte that is rare in files: the search for it is three times as fast. */
  readonly needle: Buffer
  /** How far behind the start of a container it stands. Bytes. */
  readonly lead: number
  /** As many bytes from the start tell whether it can be one at all. */
  readonly least: number
  /**
   * Looks at the first bytes of what may be a container at `start` of a file of `size` bytes. Answers with how many bytes
   * it needs when it has too few to know; undefined when it is none.
   */
  open(head: Buffer, start: number, size: number): OpenContainer | number | undefined
}

export interface OpenContainer {
  readonly form: GpuForm
  /** Where it ends, within the file; Infinity where that shows as it is read. */
  readonly end: number
  /** Adds its pieces, end to end from its start. Answers with why they are inexact, if they are: what it leaves out up to
   *  the end is added as unread. */
  pieces(packing: GpuPacking): Walk
}

/** Asks for bytes of the file, forward only; gets undefined where they cannot be had. */
export type Walk = Generator<Wanted, string | undefined, Buffer | undefined>

export interface Wanted {
  readonly from: number
  readonly length: number
}

export const overhead: GpuLabel = { arch: '', kind: 'overhead' }
/** Bytes of a container that nothing is known of. */
export const unread: GpuLabel = { arch: 'unread', kind: 'other' }

export const cutShort = 'a container is cut short'
export const damaged = 'a container does not fit itself'
