import type { SeekableBytes } from '../bytes/bytes.ts'
import { Sha256 } from '../bytes/digest.ts'
import { inflate } from '../bytes/inflate.ts'
import { headSize, sniff } from '../bytes/sniff.ts'
import { ImgauditError } from '../error.ts'
import { digestMismatch } from '../image/document.ts'
import { indexStream, seekLayer } from '../image/indexer.ts'
import type { LayerIndex } from '../image/layer-index.ts'
import { checkInterrupted, untilInterrupted } from './interruption.ts'
import { blobCompressionUnknown } from './not-an-archive.ts'
import type { ImagePlan, LayerPlan } from './plan.ts'
import type { OpenOptions } from './source.ts'

/** A layer that was read. */
export interface LayerRead {
  readonly index: LayerIndex
  /** Bytes of the blob as it is on the shelf. */
  readonly size: number
  readonly compressed: boolean
  /** The uncompressed blob, where its contents can be gone back to. */
  readonly contents?: SeekableBytes
}

/** Disk, inflating and hashing overlap with two; more only take memory from the page cache. */
const sideBySide = 2

/** Reads each layer of a plan once, two at a time. `phase` is for the progress. `bytesOf` gives a layer's blob, and throws
 *  where there is none. */
export async function readLayers(
  phase: string,
  plan: ImagePlan,
  bytesOf: (layer: LayerPlan, position: number) => SeekableBytes,
  options: Pick<OpenOptions, 'verify' | 'signal' | 'progress'>,
): Promise<ReadonlyMap<string, LayerRead>> {
  // A layer that stands twice is read once; to verify, each blob that claims to be it is.
  const keyOf = (layer: LayerPlan) => (options.verify ? `${layerKey(layer)} ${layer.name}` : layerKey(layer))
  const firsts = new Map(plan.layers.map((layer, position) => [keyOf(layer), { layer, position }] as const).reverse())
  // Every blob is looked for before the first one is read: what is missing shows at once.
  const jobs = [...firsts.values()].reverse().map(job => ({ ...job, bytes: bytesOf(job.layer, job.position) }))
  const reads = new Map<string, LayerRead>()
  const remaining = jobs[Symbol.iterator]()
  let failed = false
  const work = async () => {
    for (const { layer, position, bytes } of remaining) {
      if (failed) return
      checkInterrupted(options.signal)
      const what = `layer ${position + 1} of ${plan.layers.length}`
      reads.set(layerKey(layer), await naming(what, () => readLayer(bytes, layer, what, options)))
    }
  }
  options.progress?.begin(
    phase,
    jobs.reduce((sum, { bytes }) => sum + bytes.size, 0),
  )
  const workers = Array.from({ length: sideBySide }, () =>
    work().catch((error: unknown) => {
      failed = true
      throw error
    }),
  )
  // Both have stopped before anything is closed.
  await Promise.allSettled(workers)
  options.progress?.end()
  await Promise.all(workers)
  return reads
}

/** What makes two stands of a layer one: its diff ID, or its name where none is known yet. */
export function layerKey(layer: LayerPlan): string {
  return layer.diffId ?? layer.name
}

async function readLayer(
  bytes: SeekableBytes,
  layer: LayerPlan,
  what: string,
  { verify, signal, progress }: Pick<OpenOptions, 'verify' | 'signal' | 'progress'>,
): Promise<LayerRead> {
  if (layer.size !== undefined && layer.size !== bytes.size) throw wrongSize(layer, bytes.size)
  const head = Buffer.alloc(Math.min(headSize, bytes.size))
  bytes.read(0, head)
  const format = sniff(head)
  if (format === 'xz' || format === 'bzip2') throw blobCompressionUnknown(format)
  if (format === 'json' || format === 'unknown') throw noTar(layer)
  const compressed = format === 'gzip' || format === 'zstd'
  if (!compressed && layer.diffId !== undefined) {
    checkBlob(layer, layer.diffId)
    if (!verify) {
      const index = seekLayer(bytes, layer.diffId)
      progress?.advance(bytes.size, what)
      return { index, size: bytes.size, compressed, contents: bytes }
    }
  }
  const digest = new Sha256()
  const passing = watched(untilInterrupted(bytes.stream(), signal), chunk => {
    if (compressed) digest.update(chunk)
    progress?.advance(chunk.length, what)
  })
  const index = await indexStream(compressed ? inflate(passing, format) : passing, 'stream')
  if (compressed && layer.digest !== undefined) checkBlob(layer, digest.digest())
  checkDiffId(layer, index)
  return { index, size: bytes.size, compressed }
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
