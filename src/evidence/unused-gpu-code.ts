import type { GpuCode, GpuLabel } from '../probe/binary/gpu-code.ts'
import type { GpuSelection } from './gpu-selection.ts'

/** A piece of GPU code that no named GPU can load. */
export interface UnusedPiece {
  readonly label: GpuLabel
  /** Offset in the file. Bytes. */
  readonly start: number
  readonly bytes: number
}

/** Every piece that none of the GPUs can load, in file order, container by container. */
export function* unusedPieces(code: GpuCode, selection: GpuSelection): Iterable<UnusedPiece> {
  for (const container of code.containers()) {
    const needed = selection.needed(container)
    let start = container.start
    for (const [at, { label, bytes }] of container.pieces.entries()) {
      if (needed[at] === false) yield { label, start, bytes }
      start += bytes
    }
  }
}
