import { inflate } from '../../bytes/inflate.ts'
import { peek } from '../../bytes/peek.ts'
import { overLimit } from '../../bytes/read-limits.ts'
import { sniff } from '../../bytes/sniff.ts'
import type { ImgauditError } from '../../error.ts'
import type { Image } from '../../image/image.ts'
import { Meter } from '../../image/meter.ts'
import type { Member } from '../../tar/member.ts'
import { TarReader } from '../../tar/read.ts'
import { readStream } from '../../tar/seek.ts'
import { untilInterrupted } from '../interruption.ts'
import { assemble, type Origin } from '../layer/assemble.ts'
import { checkBlob, checkDiffId, type LayerRead, layerKey, naming, noTar, wrongSize } from '../layer/read.ts'
import { planImage } from '../plan/image.ts'
import type { LayerPlan } from '../plan/plan.ts'
import { blobMissing, type Shelf, tooLarge } from '../plan/shelf.ts'
import type { OpenOptions } from '../source.ts'
import { BlobReader, type PassedBlob } from './blob-reader.ts'
import { ArchiveNames, nameOf } from './names.ts'
import { blobCompressionUnknown, FileTree, notAnArchive } from './not-an-archive.ts'

/** Small documents are kept by the dozen; together they have at most so many times what one may have. */
const documents = 16

/** Entries that take the memory of one blob, were it an empty layer. */
const blobEntries = 100

/**
 * Opens an image archive of any writer out of bytes that pass once: plain, gzip or zstd, blobs in any order and the
 * manifest last. Nothing is written to disk. `total` is the length for the progress, where it is known. Throws
 * NOT_AN_IMAGE, BARE_LAYER and ROOT_FILESYSTEM for what is no archive, and ARCHIVE_TRUNCATED.
 */
export async function openArchiveStream(
  chunks: AsyncIterable<Buffer>,
  origin: Origin,
  options: Pick<OpenOptions, 'image' | 'platform' | 'signal' | 'progress' | 'readLimits'>,
  total?: number,
): Promise<Image> {
  const { reference } = origin
  options.progress?.begin(`reading ${reference}`, total)
  try {
    const meter = new Meter(options.readLimits)
    const { names, tree } = await pass(untilInterrupted(chunks, options.signal), reference, options, meter, total)
    const shelf: Shelf = {
      reference,
      has: name => names.get(name) !== undefined,
      async document(name) {
        const blob = names.get(name)
        if (blob?.format === 'json' && blob.document === undefined) throw tooLarge(name, blob.size, meter.limits)
        return blob?.document
      },
    }
    const plan = await planImage(shelf, options, () => tree.error(reference))
    const reads = new Map<string, LayerRead>()
    for (const [position, layer] of plan.layers.entries()) {
      const blob = names.get(layer.name)
      if (blob === undefined) throw blobMissing(`layer ${position + 1}`, layer.name, reference)
      const what = `layer ${position + 1} of ${plan.layers.length}`
      reads.set(layerKey(layer), await naming(what, () => passedLayer(blob, layer)))
    }
    return assemble(plan, reads, origin, options.readLimits)
  } finally {
    options.progress?.end()
  }
}

interface Passed {
  readonly names: ArchiveNames<PassedBlob>
  readonly tree: FileTree
}

async function pass(
  chunks: AsyncIterable<Buffer>,
  reference: string,
  { progress }: Pick<OpenOptions, 'progress'>,
  meter: Meter,
  total: number | undefined,
): Promise<Passed> {
  let layer = 0
  const counted = count(chunks, bytes => progress?.advance(bytes, layer === 0 ? undefined : `layer ${layer}`))
  const outer = await peek(counted)
  const format = sniff(outer.head)
  if (format === 'tar') return passTar(outer.chunks, reference, () => layer++, meter)
  if (format !== 'gzip' && format !== 'zstd') throw notAnArchive(reference, format)
  const inner = await peek(inflate(outer.chunks, format, meter.inflating(total)))
  const inside = sniff(inner.head)
  if (inside !== 'tar') throw notAnArchive(reference, inside, format)
  return passTar(inner.chunks, reference, () => layer++, meter)
}

async function passTar(
  chunks: AsyncIterable<Buffer>,
  reference: string,
  onLayer: () => void,
  meter: Meter,
): Promise<Passed> {
  const limit = documents * meter.limits.document
  const names = new ArchiveNames<PassedBlob>()
  const tree = new FileTree()
  const working = new Set<BlobReader>()
  let kept = 0
  let indexes = 0

  const onMember = (member: Member) => {
    const name = nameOf(member)
    meter.takeFile(name)
    tree.add(name)
    const noBlob = { size: member.stored, format: 'unknown' } as const
    names.add(member, noBlob)
    // Blobs lie at most three deep (blobs/sha256/…); of a file system's files none is worth a look.
    if (member.type !== 'file' || tree.isFileTree || name.split('/').length > 3) return undefined
    const reader = new BlobReader(
      member.stored,
      blob => {
        names.add(member, blob)
        kept += blob.document?.length ?? 0
        if (blob.index !== undefined) indexes++
      },
      meter,
    )
    if (member.stored > 1024 * 1024) onLayer()
    working.add(reader)
    return reader
  }

  const tar = new TarReader({ onMember }, meter.limits.header)
  try {
    await readStream(chunks, tar, async () => {
      // What inflates beside us must be done with the chunk before the next one takes its place.
      for (const reader of working) {
        await reader.settled()
        if (reader.finished) working.delete(reader)
      }
      if (kept > limit) throw tooMany(reference, limit)
      meter.take(indexes * blobEntries)
      indexes = 0
    })
    for (const reader of working) await reader.settled()
  } finally {
    for (const reader of working) reader.close()
  }
  return { names, tree }
}

/** The layer that a blob turned out to be, checked against what manifest and configuration say of it. */
function passedLayer(blob: PassedBlob, layer: LayerPlan): LayerRead {
  if (layer.size !== undefined && layer.size !== blob.size) throw wrongSize(layer, blob.size)
  if (blob.failure !== undefined) throw blob.failure
  if (blob.format === 'xz' || blob.format === 'bzip2') throw blobCompressionUnknown(blob.format)
  if (blob.index === undefined) throw noTar(layer)
  checkBlob(layer, blob.digest ?? blob.index.diffId)
  checkDiffId(layer, blob.index)
  const { index, size, digest, shares } = blob
  return { index, size, compressed: digest !== undefined, vouched: true, ...(shares === undefined ? {} : { shares }) }
}

function tooMany(reference: string, limit: number): ImgauditError {
  const message = `${reference} holds more than ${limit} bytes of JSON documents, ${documents} times what one may have`
  return overLimit({ name: 'document', limit: limit / documents }, message)
}

async function* count(chunks: AsyncIterable<Buffer>, counted: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    counted(chunk.length)
    yield chunk
  }
}
