import type { SeekableBytes } from '../../bytes/bytes.ts'
import { examineOrPush, largestPiece } from '../../bytes/seek.ts'
import { slice } from '../../bytes/slice.ts'
import { type Contents, placesOf, type Wanted } from '../../image/contents.ts'
import { checkInterrupted } from '../interruption.ts'
import { otherLayer } from './other-layer.ts'

/** Contents of a layer whose uncompressed blob can be sought over: each is read where it lies. */
export class SeekContents implements Contents {
  readonly #blob: SeekableBytes

  constructor(blob: SeekableBytes) {
    this.#blob = blob
  }

  async read(wanted: readonly Wanted[], signal?: AbortSignal): Promise<void> {
    const buffer = Buffer.allocUnsafeSlow(Math.min(largestPiece, this.#blob.size))
    for (const { index, readers } of wanted) {
      for (const { ordinal, start, size } of placesOf(index, readers.keys())) {
        checkInterrupted(signal)
        const reader = readers.get(ordinal)
        if (reader === undefined) continue
        const end = start + size
        if (end > this.#blob.size) throw otherLayer(index.diffId)
        if (examineOrPush(slice(this.#blob, start, end), reader, buffer) < size) throw otherLayer(index.diffId)
        reader.end()
      }
    }
  }
}
