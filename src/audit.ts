import type { Evidence } from './evidence/evidence.ts'
import { gather } from './evidence/gather.ts'
import { gpuTargets } from './evidence/gpu-target.ts'
import { cachePath } from './image/cache-folder.ts'
import type { Image } from './image/image.ts'
import { LayerCache } from './image/layer-cache.ts'
import type { Notice } from './image/notice.ts'
import type { Limits } from './report/budgets.ts'
import type { Explanation } from './report/explanation.ts'
import { makeReport } from './report/report.ts'
import type { Report } from './report/schema.ts'
import { explainPath } from './report/why.ts'
import { candidatesOf } from './savings/candidates.ts'
import { type Settlement, settle } from './savings/settle.ts'
import { openImage, readDiffIds } from './source/index.ts'
import type { OpenOptions } from './source/source.ts'
import { version } from './version.ts'

/** How to read an image, what is known of it, and what it may weigh. */
export interface AuditOptions extends Omit<OpenOptions, 'pull' | 'verify' | 'layerStore' | 'cache'> {
  /** Whether an engine pulls; `missing` unless told. */
  readonly pull?: OpenOptions['pull']
  /** Read every byte, also where headers would do. */
  readonly verify?: boolean
  /** Read what an engine keeps on its disk, rather than have it export the image; true unless told. */
  readonly layerStore?: boolean
  /** Keep what was read of layers below `$XDG_CACHE_HOME`, else `~/.cache`, and read no layer again; true unless told. */
  readonly cache?: boolean
  /** Reference of the image that it was built FROM. */
  readonly base?: string
  /** How many layers came with FROM. */
  readonly baseLayers?: number
  /** GPUs that it is to run on, by name or architecture: `H100`, `sm_90`. */
  readonly gpu?: readonly string[]
  readonly limits?: Limits
}

/**
 * Audits one image: opens it by the cheapest route that its source has, and says where every byte went. Throws
 * ImgauditError; never answers with a part.
 */
export function audit(reference: string, options: AuditOptions): Promise<Report> {
  return opened(reference, options, known => reportOf(known, options))
}

/** Says of one path of an image who brought, owns and loads it, and who claims it. Throws ImgauditError, PATH_UNKNOWN too. */
export function explain(reference: string, path: string, options: AuditOptions): Promise<Explanation> {
  return opened(reference, options, ({ evidence, settlement }) => explainPath(evidence, settlement, path))
}

async function opened<Answer>(
  reference: string,
  options: AuditOptions,
  answer: (known: Known) => Answer,
): Promise<Answer> {
  // A name that is not known is told before an hour of reading.
  gpuTargets(options.gpu ?? [])
  const open = openOptions(options)
  const baseDiffIds = options.base === undefined ? undefined : await readDiffIds(options.base, open)
  await using image = await openImage(reference, open)
  return answer(await examine(image, { ...options, ...(baseDiffIds === undefined ? {} : { baseDiffIds }) }, open.cache))
}

function openOptions({ cache = true, ...options }: AuditOptions): OpenOptions {
  const layers = cache ? { cache: new LayerCache(cachePath(options.env, options.homedir)) } : {}
  return { pull: 'missing', verify: false, layerStore: true, ...options, ...layers }
}

/** What is known of an image that is open, and what it may weigh. */
export interface AuditImageOptions extends Pick<AuditOptions, 'base' | 'baseLayers' | 'gpu' | 'limits' | 'signal'> {
  /** Diff IDs of the image that it was built FROM. */
  readonly baseDiffIds?: readonly string[]
}

/** Audits an image that is open. */
export async function auditImage(image: Image, options: AuditImageOptions = {}): Promise<Report> {
  return reportOf(await examine(image, options), options)
}

/** All that an image shows, and whose each byte is. */
interface Known {
  readonly evidence: Evidence
  readonly settlement: Settlement
}

function reportOf({ evidence, settlement }: Known, { limits = {} }: Pick<AuditOptions, 'limits'>): Report {
  return makeReport(evidence, settlement, version, limits)
}

async function examine(image: Image, options: AuditImageOptions, cache?: LayerCache): Promise<Known> {
  const { base, gpu = [], ...rest } = options
  const gpus = gpuTargets(gpu)
  const gathered = await gather(image, { ...rest, gpus, ...(base === undefined ? {} : { baseReference: base }) })
  const unkept = cache === undefined ? undefined : keep(image, cache)
  const notices = unkept === undefined ? image.notices : [...image.notices, unkept]
  const evidence = unkept === undefined ? gathered : { ...gathered, image: { ...image, notices } }
  return { evidence, settlement: settle(evidence, candidatesOf(evidence)) }
}

/** Keeps the layers of an image with all that is known of them by now; says so where that cannot be done. */
function keep({ layers }: Image, cache: LayerCache): Notice | undefined {
  const vouched = layers.flatMap(layer => (layer.vouched ? [layer.index] : []))
  // Those of a plain layer are its spans.
  const shares = layers.flatMap(({ vouched, index, shares }) =>
    vouched && shares !== undefined && shares.blob.digest !== index.diffId ? [shares] : [],
  )
  const reasons = [
    ...[...new Set(vouched)].flatMap(index => cache.put(index) ?? []),
    ...[...new Set(shares)].flatMap(known => cache.putShares(known) ?? []),
  ]
  const [reason] = reasons
  if (reason === undefined) return undefined
  const message = `the next audit reads layers again, for the cache ${cache.folder} cannot be written: ${reason}`
  return { code: 'cache-unwritable', message }
}
