import type { Reader } from '../../bytes/reader.ts'
import { digestReader } from '../../image/content-digest.ts'
import { type Contents, storedSize, type Wanted } from '../../image/contents.ts'
import type { LayerIndex } from '../../image/layer-index.ts'

/**
 * Contents that pass for probes, with the digests of those among them that seem equal: these are asked for next, to tell
 * whether they are, and each byte of them would come a second time.
 */
export function withTwinDigests(contents: Contents): Contents {
  return {
    async read(wanted, signal) {
      const places = placesBySeeming(wanted)
      const withDigests = wanted.map(({ index, readers }) => ({
        index,
        readers: new Map([...readers].map(([ordinal, reader]) => [ordinal, digesting(index, ordinal, reader, places)])),
      }))
      await contents.read(withDigests, signal)
    },
  }
}

function digesting(
  index: LayerIndex,
  ordinal: number,
  reader: Reader<unknown>,
  places: ReadonlyMap<string, number>,
): Reader<unknown> {
  const seeming = seemingOf(index, ordinal)
  return seeming !== undefined && (places.get(seeming) ?? 0) > 1 ? digestReader(index, ordinal, reader) : reader
}

function placesBySeeming(wanted: readonly Wanted[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  for (const { index, readers } of wanted) {
    for (const ordinal of readers.keys()) {
      const seeming = seemingOf(index, ordinal)
      if (seeming !== undefined) places.set(seeming, (places.get(seeming) ?? 0) + 1)
    }
  }
  return places
}

/** What equal contents have in common, as far as the layer's record tells. */
function seemingOf(index: LayerIndex, ordinal: number): string | undefined {
  const checksum = index.facts.checksums?.get(ordinal)
  return checksum === undefined ? undefined : `${storedSize(index, ordinal)} ${checksum}`
}
