import type { SeekableBytes } from '../../bytes/bytes.ts'
import type { Reader } from '../../bytes/reader.ts'
import { type Contents, placesOf, type Wanted } from '../../image/contents.ts'
import { checkInterrupted } from '../interruption.ts'
import { otherLayer } from './other-layer.ts'

const pieceSize = 1024 * 1024

/** Contents of a layer whose uncompressed blob can be sought over: each is read where it lies. */
export class SeekContents implements Contents {
  readonly #blob: SeekableBytes

  constructor(blob: SeekableBytes) {
    this.#blob = blob
  }

  async read(wanted: readonly Wanted[], signal?: AbortSignal): Promise<void> {
    const buffer = Buffer.allocUnsafeSlow(Math.min(pieceSize, this.#blob.size))
    for (const { index, readers } of wanted) {
      for (const { ordinal, start, size } of placesOf(index, readers.keys())) {
        checkInterrupted(signal)
        const reader = readers.get(ordinal)
        if (reader !== undefined) this.#deliver(reader, start, size, buffer, index.diffId)
      }
    }
  }

  #deliver(reader: Reader<unknown>, start: number, size: number, buffer: Buffer, diffId: string): void {
    for (let at = 0; at < size; ) {
      const count = this.#blob.read(start + at, buffer.subarray(0, Math.min(buffer.length, size - at)))
      if (count === 0) throw otherLayer(diffId)
      at = reader.push(buffer.subarray(0, count), at)
    }
    reader.end()
  }
}
