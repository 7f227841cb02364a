import type { Bytes } from '../../bytes/bytes.ts'
import { inflate } from '../../bytes/inflate.ts'
import { type Contents, placesOf, type Wanted } from '../../image/contents.ts'
import { untilInterrupted } from '../interruption.ts'
import { otherLayer } from './other-layer.ts'

/** Contents of a layer whose blob is compressed: it passes once more, as far as the last content that is wanted. */
export class BlobContents implements Contents {
  readonly #blob: Bytes

  constructor(blob: Bytes) {
    this.#blob = blob
  }

  async read(wanted: readonly Wanted[], signal?: AbortSignal): Promise<void> {
    const places = wanted.flatMap(({ index, readers }) =>
      placesOf(index, readers.keys()).map(place => ({ ...place, reader: readers.get(place.ordinal) })),
    )
    places.sort((a, b) => a.start - b.start)
    let at = 0
    let next = 0
    let asked = 0
    for await (const chunk of inflate(untilInterrupted(this.#blob.stream(), signal))) {
      const end = at + chunk.length
      for (let place = places[next]; place !== undefined && place.start < end; place = places[next]) {
        const { reader, start, size } = place
        const from = Math.max(start + asked, at)
        const to = Math.min(start + size, end)
        if (from < to) asked = reader?.push(chunk.subarray(from - at, to - at), from - start) ?? asked
        if (start + size > end) break
        reader?.end()
        asked = 0
        next++
      }
      if (next === places.length) return
      at = end
    }
    throw otherLayer(wanted[0]?.index.diffId)
  }
}
