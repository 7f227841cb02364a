import type { SeekableBytes } from '../bytes/bytes.ts'
import { slice } from '../bytes/slice.ts'
import type { Image } from '../image/image.ts'
import { Meter } from '../image/meter.ts'
import { TarReader } from '../tar/read.ts'
import { readSeekable } from '../tar/seek.ts'
import { ArchiveNames, nameOf } from './archive/names.ts'
import { FileTree } from './archive/not-an-archive.ts'
import { assemble, type Origin } from './layer/assemble.ts'
import { naming, readLayers } from './layer/read.ts'
import { planImage } from './plan/image.ts'
import type { ImagePlan, LayerPlan } from './plan/plan.ts'
import { blobMissing, checkDocument, type Shelf } from './plan/shelf.ts'
import type { OpenOptions } from './source.ts'

/** A file of an archive: where it lies. Bytes. */
interface Place {
  readonly start: number
  readonly size: number
}

/**
 * Opens an image archive that lies uncompressed on disk, of any writer: its own headers are sought over, then metadata
 * read, then only the layers that are needed.
 */
export async function openArchive(bytes: SeekableBytes, origin: Origin, options: OpenOptions): Promise<Image> {
  const { reference } = origin
  const { plan, names } = await planArchive(bytes, reference, options)
  const bytesOf = (layer: LayerPlan, position: number) => {
    const place = names.get(layer.name)
    if (place === undefined) throw blobMissing(`layer ${position + 1}`, layer.name, reference)
    return slice(bytes, place.start, place.start + place.size)
  }
  return assemble(plan, await readLayers(`reading ${reference}`, plan, bytesOf, options), origin, options.readLimits)
}

/** What to read of an archive that lies uncompressed on disk, and where that is. */
export async function planArchive(
  bytes: SeekableBytes,
  reference: string,
  options: OpenOptions,
): Promise<{ readonly plan: ImagePlan; readonly names: ArchiveNames<Place> }> {
  const { names, tree } = await naming(reference, () => tableOfContents(bytes, new Meter(options.readLimits)))
  const shelf: Shelf = {
    reference,
    has: name => names.get(name) !== undefined,
    async document(name) {
      const place = names.get(name)
      if (place === undefined) return undefined
      checkDocument(name, place.size, options.readLimits)
      const document = Buffer.alloc(place.size)
      bytes.read(place.start, document)
      return document
    },
  }
  const planned = await planImage(shelf, options, () => tree.error(reference))
  const layers = planned.layers.map(layer => ({ ...layer, name: names.resolve(layer.name) }))
  return { plan: { ...planned, layers }, names }
}

function tableOfContents(
  bytes: SeekableBytes,
  meter: Meter,
): { readonly names: ArchiveNames<Place>; readonly tree: FileTree } {
  const names = new ArchiveNames<Place>()
  const tree = new FileTree()
  const reader = new TarReader(
    {
      onMember(member) {
        const name = nameOf(member)
        meter.takeFile(name)
        tree.add(name)
        names.add(member, { start: member.start, size: member.stored })
        return undefined
      },
    },
    meter.limits.header,
  )
  readSeekable(bytes, reader)
  return { names, tree }
}
