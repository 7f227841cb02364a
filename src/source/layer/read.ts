import { type Bytes, isSeekable } from '../../bytes/bytes.ts'
import { Sha256 } from '../../bytes/digest.ts'
import { inflate } from '../../bytes/inflate.ts'
import { IntakePoints } from '../../bytes/intake-points.ts'
import { headSize, sniff } from '../../bytes/sniff.ts'
import { ImgauditError } from '../../error.ts'
import type { Contents } from '../../image/contents.ts'
import { digestMismatch } from '../../image/document.ts'
import { indexStream, seekLayer } from '../../image/indexer.ts'
import type { LayerIndex } from '../../image/layer-index.ts'
import { Meter } from '../../image/meter.ts'
import { StoredShares } from '../../image/stored-shares.ts'
import { blobCompressionUnknown } from '../archive/not-an-archive.ts'
import { checkInterrupted, untilInterrupted } from '../interruption.ts'
import type { ImagePlan, LayerPlan } from '../plan/plan.ts'
import type { OpenOptions } from '../source.ts'
import { BlobContents } from './blob-contents.ts'
import { SeekContents } from './seek-contents.ts'

/** A layer that was read. */
export interface LayerRead {
  readonly index: LayerIndex
  /** Bytes of the blob as it is on the shelf; undefined where there is no blob. */
  readonly size?: number
  readonly compressed: boolean
  /** What each entry costs in the blob, where that is compressed and was read, now or before. */
  readonly shares?: StoredShares
  /** The way back to its contents, where there is one. */
  readonly contents?: Contents
  /** Whether index and contents are those of its diff ID: checked, or kept by an engine of this machine. */
  readonly vouched: boolean
}

/** An engine's store that blobs come out of. */
export interface BlobStore {
  /** Whether the engine runs on this machine. */
  readonly local: boolean
}

/** Disk, inflating and hashing overlap with two; more only take memory from the page cache. */
const sideBySide = 2

/** What reading a layer depends on. */
type ReadOptions = Pick<OpenOptions, 'verify' | 'signal' | 'progress' | 'cache' | 'readLimits'>

/** Reads each layer of a plan once, two at a time, large blobs first. `phase` is for the progress. `bytesOf` gives a
 *  layer's blob, and throws where there is none; of bytes that can only pass nothing is read that is known. */
export async function readLayers(
  phase: string,
  plan: ImagePlan,
  bytesOf: (layer: LayerPlan, position: number) => Bytes,
  options: ReadOptions,
  store?: BlobStore,
): Promise<ReadonlyMap<string, LayerRead>> {
  // A layer that stands twice is read once; to verify, each blob that claims to be it is.
  const keyOf = (layer: LayerPlan) => (options.verify ? `${layerKey(layer)} ${layer.name}` : layerKey(layer))
  const firsts = new Map(plan.layers.map((layer, position) => [keyOf(layer), { layer, position }] as const).reverse())
  // Every blob is looked for before the first one is read: what is missing shows at once.
  const jobs = [...firsts.values()].reverse().map(job => ({ ...job, bytes: bytesOf(job.layer, job.position) }))
  const reads = new Map<string, LayerRead>()
  // A large blob that comes last is read alone.
  jobs.sort((a, b) => b.bytes.size - a.bytes.size)
  const remaining = jobs[Symbol.iterator]()
  // What one cannot read the other need not go on for.
  const failed = new AbortController()
  let failure: unknown
  const signal = options.signal === undefined ? failed.signal : AbortSignal.any([options.signal, failed.signal])
  const meter = new Meter(options.readLimits)
  const work = async () => {
    for (const { layer, position, bytes } of remaining) {
      checkInterrupted(signal)
      const what = `layer ${position + 1} of ${plan.layers.length}`
      const read = () => readLayer(bytes, layer, what, { ...options, signal }, store, meter)
      reads.set(layerKey(layer), await naming(what, read))
    }
  }
  options.progress?.begin(
    phase,
    jobs.reduce((sum, { bytes }) => sum + bytes.size, 0),
  )
  const workers = Array.from({ length: sideBySide }, () =>
    work().catch((error: unknown) => {
      if (!failed.signal.aborted) failure = error
      failed.abort()
    }),
  )
  // Both have stopped before anything is closed.
  await Promise.all(workers)
  options.progress?.end()
  if (failed.signal.aborted) throw failure
  return reads
}

/** What makes two stands of a layer one: its diff ID, or its name where none is known yet. */
export function layerKey(layer: LayerPlan): string {
  return layer.diffId ?? layer.name
}

async function readLayer(
  bytes: Bytes,
  layer: LayerPlan,
  what: string,
  options: ReadOptions,
  store: BlobStore | undefined,
  meter: Meter,
): Promise<LayerRead> {
  if (layer.size !== undefined && layer.size !== bytes.size) throw wrongSize(layer, bytes.size)
  const { size } = bytes
  const route = store === undefined ? 'stream' : 'blob'
  const vouched = store?.local ?? false
  const known = knownLayer(layer, vouched, options)
  if (!isSeekable(bytes)) {
    // A plain blob's digest is the layer's.
    const compressed = layer.digest === undefined || layer.digest !== layer.diffId
    const read = { size, compressed, contents: new BlobContents(bytes) }
    if (known === undefined)
      return { ...read, ...(await passLayer(bytes, layer, what, options, route, compressed, meter)), vouched: true }
    options.progress?.advance(size, what)
    return { ...read, index: known, ...(compressed ? knownShares(layer, known, size, options) : {}), vouched }
  }
  const head = Buffer.alloc(Math.min(headSize, size))
  bytes.read(0, head)
  const format = sniff(head)
  if (format === 'xz' || format === 'bzip2') throw blobCompressionUnknown(format)
  if (format === 'json' || format === 'unknown') throw noTar(layer)
  const compressed = format === 'gzip' || format === 'zstd'
  const contents = compressed ? new BlobContents(bytes) : new SeekContents(bytes)
  const read = { size, compressed, contents, vouched }
  if (!compressed && layer.diffId !== undefined) checkBlob(layer, layer.diffId)
  if (!options.verify && layer.diffId !== undefined) {
    const index =
      known ??
      (compressed ? undefined : await seekLayer(bytes, layer.diffId, store === undefined ? 'seek' : route, meter))
    if (index !== undefined) {
      options.progress?.advance(size, what)
      return { ...read, index, ...(compressed ? knownShares(layer, index, size, options) : {}) }
    }
  }
  return { ...read, ...(await passLayer(bytes, layer, what, options, route, compressed, meter)), vouched: true }
}

/** What the cache has of a layer. That the blob at hand is this layer nobody has checked, unless an engine's store does. */
function knownLayer({ diffId }: LayerPlan, vouched: boolean, { verify, cache }: ReadOptions): LayerIndex | undefined {
  const known = verify || diffId === undefined ? undefined : cache?.get(diffId)
  return known === undefined || vouched ? known : { ...known, verified: false }
}

/** What the cache has of the blob at hand: the same layer can have come in another one. */
function knownShares(
  { digest }: LayerPlan,
  { entries }: LayerIndex,
  size: number,
  { cache }: ReadOptions,
): Pick<LayerRead, 'shares'> {
  const shares = digest === undefined ? undefined : cache?.shares(digest)
  return shares?.length === entries.length && shares.blob.size === size ? { shares } : {}
}

/** Every byte passes; what it is inflated with is told by its beginning. */
async function passLayer(
  bytes: Bytes,
  layer: LayerPlan,
  what: string,
  { signal, progress }: ReadOptions,
  route: 'stream' | 'blob',
  compressed: boolean,
  meter: Meter,
): Promise<Pick<LayerRead, 'index' | 'shares'>> {
  const digest = new Sha256()
  const points = new IntakePoints()
  const passing = watched(untilInterrupted(bytes.stream(), signal), chunk => {
    if (compressed) digest.update(chunk)
    progress?.advance(chunk.length, what)
  })
  // Of plain bytes there are as many as are stored.
  const inflated = inflate(passing, undefined, meter.inflating(bytes.size, points))
  const index = await indexStream(inflated, route, meter)
  if (!compressed) {
    checkDiffId(layer, index)
    return { index }
  }
  const blob = { digest: digest.digest(), size: bytes.size }
  checkBlob(layer, blob.digest)
  checkDiffId(layer, index)
  return { index, shares: StoredShares.measured(index.entries, points, blob) }
}

/** Throws DIGEST_MISMATCH unless the layer is what the configuration says it is. */
export function checkDiffId(layer: LayerPlan, index: LayerIndex): void {
  if (layer.diffId !== undefined && index.diffId !== layer.diffId) {
    throw digestMismatch('it', layer.diffId, index.diffId)
  }
}

/** Throws DIGEST_MISMATCH unless the blob is what the manifest says it is. */
export function checkBlob(layer: LayerPlan, digest: string): void {
  if (layer.digest !== undefined && layer.digest !== digest) throw digestMismatch('its blob', layer.digest, digest)
}

/** Runs a part of the work on a layer; its errors come out with the layer's name in front. */
export async function naming<Result>(what: string, action: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await action()
  } catch (error) {
    if (!(error instanceof ImgauditError) || error.code === 'INTERRUPTED') throw error
    throw new ImgauditError(error.code, `${what}: ${error.message}`, error.fix, { cause: error })
  }
}

export function noTar(layer: LayerPlan): ImgauditError {
  return new ImgauditError('ARCHIVE_INVALID', `its blob ${layer.name} is no tar`, 'save, copy or pull the image again')
}

export function wrongSize(layer: LayerPlan, size: number): ImgauditError {
  const short = size < (layer.size ?? 0)
  return new ImgauditError(
    short ? 'ARCHIVE_TRUNCATED' : 'DIGEST_MISMATCH',
    `its blob ${short ? 'is cut short' : 'is too long'}: ${size} of ${layer.size} bytes (${layer.name})`,
    'save, copy or pull the image again',
  )
}

async function* watched(chunks: AsyncIterable<Buffer>, watch: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    watch(chunk)
    yield chunk
  }
}
