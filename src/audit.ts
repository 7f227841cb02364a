import { gather } from './evidence/gather.ts'
import type { Image } from './image/image.ts'
import type { Limits } from './report/budgets.ts'
import { makeReport } from './report/report.ts'
import type { Report } from './report/schema.ts'
import { candidatesOf } from './savings/candidates.ts'
import { settle } from './savings/settle.ts'
import { openImage, readDiffIds } from './source/index.ts'
import type { OpenOptions } from './source/source.ts'
import { version } from './version.ts'

/** How to read an image, what is known of it, and what it may weigh. */
export interface AuditOptions extends Omit<OpenOptions, 'pull' | 'verify'> {
  /** Whether an engine pulls; `missing` unless told. */
  readonly pull?: OpenOptions['pull']
  /** Read every byte, also where headers would do. */
  readonly verify?: boolean
  /** Reference of the image that it was built FROM. */
  readonly base?: string
  /** How many layers came with FROM. */
  readonly baseLayers?: number
  readonly limits?: Limits
}

/**
 * Audits one image: opens it by the cheapest route that its source has, and says where every byte went. Throws
 * ImgauditError; never answers with a part.
 */
export async function audit(reference: string, options: AuditOptions): Promise<Report> {
  const baseDiffIds = options.base === undefined ? undefined : await readDiffIds(options.base, openOptions(options))
  await using image = await openImage(reference, openOptions(options))
  return await auditImage(image, { ...options, ...(baseDiffIds === undefined ? {} : { baseDiffIds }) })
}

function openOptions(options: AuditOptions): OpenOptions {
  return { pull: 'missing', verify: false, ...options }
}

/** What is known of an image that is open, and what it may weigh. */
export interface AuditImageOptions extends Pick<AuditOptions, 'base' | 'baseLayers' | 'limits' | 'signal'> {
  /** Diff IDs of the image that it was built FROM. */
  readonly baseDiffIds?: readonly string[]
}

/** Audits an image that is open. */
export async function auditImage(image: Image, options: AuditImageOptions = {}): Promise<Report> {
  const { base, ...rest } = options
  const evidence = await gather(image, { ...rest, ...(base === undefined ? {} : { baseReference: base }) })
  return makeReport(evidence, settle(evidence, candidatesOf(evidence)), version, options.limits ?? {})
}
