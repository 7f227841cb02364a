import type { GpuForm, GpuLabel, GpuPacking } from './gpu-code.ts'
import { cutShort, damaged, type OpenContainer, overhead, type Walk } from './gpu-format.ts'
import type { Range } from './range.ts'

/** An image of a container whose table says where all of them lie. */
export interface GpuObject {
  /** From the start of the container. Bytes. */
  readonly offset: number
  readonly size: number
  readonly label: GpuLabel
}

/** A container of them, in a file of `size` bytes; what lies between them is overhead. */
export function laidOut(form: GpuForm, objects: readonly GpuObject[], range: Range, size: number): OpenContainer {
  const end = Math.min(range.end, size)
  const sorted = [...objects].sort((a, b) => a.offset - b.offset)
  return { form, end, pieces: packing => inOrder(sorted, { start: range.start, end }, range.end > size, packing) }
}

// biome-ignore lint/correctness/useYield: the table says it all.
function* inOrder(objects: readonly GpuObject[], { start, end }: Range, cut: boolean, packing: GpuPacking): Walk {
  let at = start
  for (const { offset, size, label } of objects) {
    const from = start + offset
    if (size === 0 || from >= end) continue
    if (from < at) return damaged
    if (from > at) packing.add(overhead, from - at, from - at)
    at = Math.min(from + size, end)
    packing.add(label, at - from, size)
  }
  if (at < end) packing.add(overhead, end - at, end - at)
  return cut ? cutShort : undefined
}
