import { checkReadLimits } from './bytes/read-limits.ts'
import type { Side } from './compare/compare.ts'
import { liveTree } from './compare/live-tree.ts'
import { checkPolicy } from './config/check-policy.ts'
import type { Dockerfile } from './dockerfile/dockerfile.ts'
import type { Evidence } from './evidence/evidence.ts'
import { gather } from './evidence/gather.ts'
import { gpuTargets } from './evidence/gpu-target.ts'
import { cachePath } from './image/cache-folder.ts'
import type { Image } from './image/image.ts'
import { LayerCache } from './image/layer-cache.ts'
import type { Notice } from './image/notice.ts'
import { entryRows } from './report/entry-rows.ts'
import type { EntryRow } from './report/entry-schema.ts'
import type { Explanation } from './report/explanation.ts'
import { type Judging, judge } from './report/judge.ts'
import type { Policy } from './report/limits.ts'
import { makeReport } from './report/report.ts'
import type { Report } from './report/schema.ts'
import { explainPath } from './report/why.ts'
import { candidatesOf } from './savings/candidates.ts'
import { type Settlement, settle } from './savings/settle.ts'
import { Takings } from './savings/takings.ts'
import { checkTimeout } from './source/engine/patience.ts'
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
  /** The Dockerfile that it was built from, to say where an instruction stands. */
  readonly dockerfile?: Dockerfile
  readonly limits?: Policy['limits']
  readonly ignore?: Policy['ignore']
  /** What growth is measured against; null where there was none to be had. */
  readonly against?: Judging['against']
  /** Today, for ignores that expire; the clock's unless told. */
  readonly now?: Date
  /** Gets every entry of every layer, once the report is made: an audit that fails leaves none. */
  readonly entries?: (rows: Iterable<EntryRow>) => Promise<void>
}

/**
 * Audits one image: opens it by the cheapest route that its source has, and says where every byte went. Throws
 * ImgauditError; never answers with a part.
 */
export function audit(reference: string, options: AuditOptions): Promise<Report> {
  return opened(reference, options, known => reportOf(known, options))
}

/** Audits one image, and keeps every path of it for a comparison. */
export function auditSide(reference: string, options: AuditOptions): Promise<Required<Side>> {
  return opened(reference, options, async known => ({
    report: await reportOf(known, options),
    tree: liveTree(known.evidence.filesystem),
  }))
}

/** Says of one path of an image who brought, owns and loads it, and who claims it. Throws ImgauditError, PATH_UNKNOWN too. */
export function explain(reference: string, path: string, options: AuditOptions): Promise<Explanation> {
  return opened(reference, options, async ({ evidence, settlement }) => explainPath(evidence, settlement, path))
}

async function opened<Answer>(
  reference: string,
  options: AuditOptions,
  answer: (known: Known) => Promise<Answer>,
): Promise<Answer> {
  // A name that is not known is told before an hour of reading.
  gpuTargets(options.gpu ?? [])
  checkPolicy(options)
  checkTimeout(options.timeout)
  checkReadLimits(options.readLimits)
  const open = openOptions(options)
  const baseDiffIds = options.base === undefined ? undefined : await readDiffIds(options.base, open)
  await using image = await openImage(reference, open)
  return answer(await examine(image, { ...options, ...(baseDiffIds === undefined ? {} : { baseDiffIds }) }, open.cache))
}

function openOptions({ cache = true, ...options }: AuditOptions): OpenOptions {
  const layers = cache ? { cache: new LayerCache(cachePath(options.env, options.homedir)) } : {}
  return { pull: 'missing', verify: false, layerStore: true, ...options, ...layers }
}

type Judged = Pick<AuditOptions, 'dockerfile' | 'limits' | 'ignore' | 'against' | 'now' | 'entries'>

/** What is known of an image that is open, and what it may weigh. */
export interface AuditImageOptions extends Judged, Pick<AuditOptions, 'base' | 'baseLayers' | 'gpu' | 'signal'> {
  /** Diff IDs of the image that it was built FROM. */
  readonly baseDiffIds?: readonly string[]
}

/** Audits an image that is open. */
export async function auditImage(image: Image, options: AuditImageOptions = {}): Promise<Report> {
  checkPolicy(options)
  return reportOf(await examine(image, options), options)
}

/** All that an image shows, and whose each byte is. */
interface Known {
  readonly evidence: Evidence
  readonly settlement: Settlement
  /** Where every entry is asked for. */
  readonly takings?: Takings
}

async function reportOf({ evidence, settlement, takings }: Known, options: Judged): Promise<Report> {
  const { limits = {}, ignore = [], against, now = new Date(), dockerfile, entries } = options
  const report = makeReport(evidence, settlement, version)
  const judged = judge(await placed(report, dockerfile), { limits, ignore, against, now })
  if (takings !== undefined) await entries?.(entryRows(evidence, takings))
  return judged
}

/** The report with the lines of its Dockerfile, where one is named. */
export async function placed(report: Report, dockerfile: Dockerfile | undefined): Promise<Report> {
  if (dockerfile === undefined) return report
  const { placeIn } = await import('./dockerfile/place.ts')
  return placeIn(report, dockerfile)
}

async function examine(image: Image, options: AuditImageOptions, cache?: LayerCache): Promise<Known> {
  const { base, gpu = [], ...rest } = options
  const gpus = gpuTargets(gpu)
  const gathered = await gather(image, { ...rest, gpus, ...(base === undefined ? {} : { baseReference: base }) })
  const unkept = cache === undefined ? undefined : keep(image, cache)
  const notices = unkept === undefined ? image.notices : [...image.notices, unkept]
  const evidence = unkept === undefined ? gathered : { ...gathered, image: { ...image, notices } }
  if (options.entries === undefined) return { evidence, settlement: settle(evidence, candidatesOf(evidence)) }
  const takings = new Takings(evidence.filesystem.count)
  return { evidence, settlement: settle(evidence, candidatesOf(evidence), takings), takings }
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
