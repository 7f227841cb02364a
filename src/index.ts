import { homedir } from 'node:os'
import { cwd, env, stdin } from 'node:process'
import { type AuditOptions, audit as auditIn, auditSide, explain as explainIn, placed } from './audit.ts'
import { compare as compareSides, type Side } from './compare/compare.ts'
import type { Comparison } from './compare/schema.ts'
import { checkPolicy } from './config/check-policy.ts'
import type { Explanation } from './report/explanation.ts'
import type { Report } from './report/schema.ts'
import { version } from './version.ts'

/** Audits one image, named as on the command line. What surrounds it (`env`, `cwd`, …) is the process's unless told. */
export function audit(reference: string, options: Partial<AuditOptions> = {}): Promise<Report> {
  return auditIn(reference, { ...surroundings(), ...options })
}

/** Says of one path of an image where it comes from, what is in it, who loads it and what claims it. PATH_UNKNOWN where no
 *  layer has it. */
export function explain(reference: string, path: string, options: Partial<AuditOptions> = {}): Promise<Explanation> {
  return explainIn(reference, path, { ...surroundings(), ...options })
}

/** Compares two images, each named as on the command line or given by its report. `after` is judged by the options' limits, and
 *  its instructions are looked up in the options' Dockerfile. */
export async function compare(
  before: string | Report,
  after: string | Report,
  options: CompareOptions = {},
): Promise<Comparison> {
  const { limits = {}, ignore = [], now = new Date(), dockerfile, ...reading } = options
  checkPolicy({ limits, ignore })
  const asked = { ...surroundings(), ...reading }
  const from: Side = typeof before === 'string' ? await auditSide(before, asked) : { report: before }
  const { report, ...tree }: Side = typeof after === 'string' ? await auditSide(after, asked) : { report: after }
  const to = { report: await placed(report, dockerfile), ...tree }
  return compareSides(from, to, { limits, ignore, now }, version)
}

/** What is of one image alone is left out. */
export type CompareOptions = Partial<Omit<AuditOptions, 'base' | 'baseLayers' | 'against' | 'entries'>>

function surroundings() {
  return { env, cwd: cwd(), homedir: homedir(), stdin }
}

export { type AuditOptions, auditImage } from './audit.ts'
export type { Comparison } from './compare/schema.ts'
export { type ErrorCode, ImgauditError } from './error.ts'
export type { Evidence } from './evidence/evidence.ts'
export type { Entries } from './image/entries.ts'
export type { Entry, EntryKind } from './image/entry.ts'
export type { EntryId, Filesystem } from './image/filesystem.ts'
export type { Image, Layer } from './image/image.ts'
export type { LayerIndex } from './image/layer-index.ts'
export type { Notice } from './image/notice.ts'
export type { Size } from './image/size.ts'
export type { EntryRow } from './report/entry-schema.ts'
export type { Explanation } from './report/explanation.ts'
export type { FormatOptions, Formatter } from './report/format.ts'
export type { Ignore, Limit, Limits, Policy } from './report/limits.ts'
export type { Report } from './report/schema.ts'
export type { Claim, Finding, Fix, GuideReference, Rule, Verdict } from './rule/rule.ts'
export type { OpenOptions, Progress } from './source/source.ts'
export { version }
