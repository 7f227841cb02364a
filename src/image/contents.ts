import type { Reader } from '../bytes/reader.ts'
import type { SparseRun } from '../tar/member.ts'
import type { LayerIndex } from './layer-index.ts'

/** Files of one layer whose contents are wanted, each with the reader that takes it, by ordinal. */
export interface Wanted {
  readonly index: LayerIndex
  readonly readers: ReadonlyMap<number, Reader<unknown>>
}

/** The way back to contents of layers that have been indexed, where a source has one. */
export interface Contents {
  /**
   * Pushes the stored content of each wanted file at its reader and ends it, in whatever order costs least. All wanted
   * files are asked for at once, since a request can cost more than its bytes. Throws rather than deliver other bytes
   * than the index describes.
   */
  read(wanted: readonly Wanted[], signal?: AbortSignal): Promise<void>
}

/** Bytes that the layer's blob holds for a regular file: fewer than `content` where it is sparse. */
export function storedSize(index: LayerIndex, ordinal: number): number {
  const runs = index.sparse.get(ordinal)
  return runs === undefined ? index.entries.content(ordinal) : sum(runs)
}

function sum(runs: readonly SparseRun[]): number {
  return runs.reduce((total, { length }) => total + length, 0)
}

/** Where the stored contents of some files lie in the layer's uncompressed blob, by ordinal, in tar order. Bytes. */
export function placesOf(
  index: LayerIndex,
  ordinals: Iterable<number>,
): { readonly ordinal: number; readonly start: number; readonly size: number }[] {
  const sorted = [...ordinals].sort((a, b) => a - b)
  let next = 0
  let end = 0
  return sorted.map(ordinal => {
    for (; next <= ordinal; next++) end += index.entries.span(next)
    const size = storedSize(index, ordinal)
    // Content stands last in what the tar spends on an entry, padded to blocks of 512.
    return { ordinal, start: end - Math.ceil(size / 512) * 512, size }
  })
}
