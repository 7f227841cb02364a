import type { GpuCode, GpuLabel } from '../probe/binary/gpu-code.ts'
import type { Evidence } from './evidence.ts'
import { GpuSelection, gpuSettings } from './gpu-selection.ts'

/** A piece of GPU code that no named GPU can load. */
export interface UnusedPiece {
  readonly label: GpuLabel
  /** Offset in the file. Bytes. */
  readonly start: number
  readonly bytes: number
}

/** What none of the GPUs that an image is for can load of some code, in file order. Worked out once for each: a library has
 *  thousands of containers, and the rule and the report both ask. */
export function unusedIn(evidence: Evidence): (code: GpuCode) => readonly UnusedPiece[] {
  const ask = known.get(evidence) ?? asking(evidence)
  known.set(evidence, ask)
  return ask
}

const known = new WeakMap<Evidence, (code: GpuCode) => readonly UnusedPiece[]>()

function asking(evidence: Evidence): (code: GpuCode) => readonly UnusedPiece[] {
  const selection = new GpuSelection(
    evidence.gpus.map(({ arch }) => arch),
    gpuSettings(evidence),
  )
  const found = new Map<GpuCode, readonly UnusedPiece[]>()
  return code => {
    const pieces = found.get(code) ?? [...unusedPieces(code, selection)]
    found.set(code, pieces)
    return pieces
  }
}

/** Every piece that none of the GPUs of a selection can load, in file order, container by container. */
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
