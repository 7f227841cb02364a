import { inflate } from '../../bytes/inflate.ts'
import { ImgauditError } from '../../error.ts'
import type { Contents, Wanted } from '../../image/contents.ts'
import type { LayerIndex } from '../../image/layer-index.ts'
import { Meter } from '../../image/meter.ts'
import { indexRecord, type RecordedLayer } from '../../image/record-indexer.ts'
import { checkInterrupted } from '../interruption.ts'
import type { OpenOptions } from '../source.ts'
import { type LayerRead, naming } from './read.ts'

/** A layer as an engine keeps it: not its tar, but the record of it, and a folder with its files. */
export interface StoredLayer {
  readonly diffId: string
  /** The tar-split record, compressed as it is kept. */
  record(): AsyncIterable<Buffer>
  /** What the engine noted when it unpacked the layer; the record must agree. Bytes: Σ content, and the tar's length. */
  readonly files?: number
  readonly unpacked?: number
}

/**
 * Reads layers out of an engine's records, each diff ID once, by diff ID: of known ones nothing, of others the record and
 * those contents that probes want. `what` names the engine's store. Throws as `readRecords` does.
 */
export async function readStoredLayers(
  what: string,
  layers: readonly StoredLayer[],
  contents: Contents,
  options: Pick<OpenOptions, 'signal' | 'progress' | 'cache' | 'readLimits'>,
): Promise<ReadonlyMap<string, LayerRead>> {
  const known = knownLayers(
    layers.map(layer => layer.diffId),
    options.cache,
  )
  const unknown = layers.filter(layer => !known.has(layer.diffId))
  const read = await readRecords(what, unknown, contents, options)
  return storedReads([...known.values(), ...read], contents, true)
}

/** Those of some layers that were read before. */
export function knownLayers(diffIds: readonly string[], cache: OpenOptions['cache']): ReadonlyMap<string, LayerIndex> {
  const known = new Map<string, LayerIndex>()
  for (const diffId of new Set(diffIds)) {
    const index = cache?.get(diffId)
    if (index !== undefined) known.set(diffId, index)
  }
  return known
}

/**
 * Reads layers out of an engine's records, each diff ID once, and those contents that probes want, all of which are asked
 * for at once. Throws ARCHIVE_INVALID, ARCHIVE_TRUNCATED and CHECKSUM_WRONG for records that are damaged or do not fit.
 */
export async function readRecords(
  what: string,
  layers: readonly StoredLayer[],
  contents: Contents,
  options: Pick<OpenOptions, 'signal' | 'progress' | 'readLimits'>,
): Promise<readonly LayerIndex[]> {
  const recorded = new Map<string, RecordedLayer>()
  const wanted: Wanted[] = []
  const meter = new Meter(options.readLimits)
  options.progress?.begin(`reading ${what}`)
  try {
    for (const [number, layer] of layers.entries()) {
      checkInterrupted(options.signal)
      options.progress?.advance(0, `layer ${number + 1} of ${layers.length}`)
      if (!recorded.has(layer.diffId)) {
        const read = await naming(`layer ${layer.diffId}`, () => readRecord(layer, wanted, meter))
        recorded.set(layer.diffId, read)
      }
    }
    if (wanted.length > 0) await contents.read(wanted, options.signal)
  } finally {
    options.progress?.end()
  }
  const read = [...recorded.values()]
  await Promise.all(read.map(({ settled }) => settled()))
  return read.map(({ index }) => index)
}

/** Layers that have no blob, by diff ID; `vouched`: by an engine of this machine. */
export function storedReads(
  indexes: readonly LayerIndex[],
  contents: Contents,
  vouched: boolean,
): ReadonlyMap<string, LayerRead> {
  return new Map(indexes.map(index => [index.diffId, { index, compressed: false, contents, vouched }]))
}

async function readRecord(layer: StoredLayer, wanted: Wanted[], meter: Meter): Promise<RecordedLayer> {
  const recorded = await indexRecord(inflate(layer.record()), layer.diffId, meter)
  const { index, wanted: readers } = recorded
  if (layer.files !== undefined && layer.files !== index.files) {
    // vfs leaves symlinks out of the size that it notes.
    checkSize('files', index.files - linkBytes(index), layer.files)
  }
  checkSize('unpacked', index.unpacked, layer.unpacked)
  if (readers.size > 0) wanted.push({ index, readers })
  return recorded
}

/** Bytes of the targets of symlinks. */
function linkBytes({ entries }: LayerIndex): number {
  let bytes = 0
  for (let ordinal = 0; ordinal < entries.length; ordinal++)
    if (entries.kind(ordinal) === 'symlink') bytes += entries.content(ordinal)
  return bytes
}

function checkSize(what: 'files' | 'unpacked', recorded: number, noted: number | undefined): void {
  if (noted === undefined || noted === recorded) return
  const size = what === 'files' ? 'bytes of files' : 'bytes unpacked'
  throw new ImgauditError(
    'ARCHIVE_INVALID',
    `the engine's record of the layer has ${recorded} ${size}, the engine noted ${noted}`,
    'read the image another way: --no-layer-store, or save it to an archive',
  )
}
