import { type Judging, judge } from '../report/judge.ts'
import type { Report } from '../report/schema.ts'
import { schemaVersion } from '../report/schema-version.ts'
import { causesOf } from './causes.ts'
import { findingsOf } from './findings.ts'
import { foldersOf } from './folders.ts'
import { layersOf } from './layers.ts'
import { noticesOf } from './notices.ts'
import { packagesOf, unownedOf } from './packages.ts'
import { pathsOf } from './paths.ts'
import { invalidatedOf, pullOf } from './pull.ts'
import { reportTree } from './report-tree.ts'
import type { Comparison } from './schema.ts'
import type { SizeTree } from './size-tree.ts'

/** One of two images that are compared. */
export interface Side {
  readonly report: Report
  /** Every path of it, where the image itself was read; a stored report tells of its larger folders and files. */
  readonly tree?: SizeTree
}

/** Says what changed from one image to another, and why: pure, on what their reports say. `after` is judged by the policy, with
 *  growth against `before`. */
export function compare(before: Side, after: Side, judging: Omit<Judging, 'against'>, version: string): Comparison {
  const was = before.report
  const is = judge(after.report, { ...judging, against: was })
  const layers = layersOf(was.layers, is.layers)
  return {
    schemaVersion,
    tool: { name: 'imgaudit', version },
    before: { image: was.image, size: was.size },
    after: { image: is.image, size: is.size },
    difference: differenceOf(was.size, is.size),
    pull: pullOf(was.layers, is.layers),
    invalidated: invalidatedOf(was.layers, is.layers, layers),
    causes: causesOf(was.causes, is.causes),
    packages: packagesOf(was.packages, is.packages),
    unowned: unownedOf(was.unowned, is.unowned),
    folders: foldersOf(was.folders, is.folders),
    paths: pathsOf(before.tree ?? reportTree(was), after.tree ?? reportTree(is)),
    layers,
    findings: findingsOf(was, is),
    budgets: is.budgets,
    notices: noticesOf(was, is),
  }
}

function differenceOf(before: Report['size'], after: Report['size']): Comparison['difference'] {
  return {
    files: after.files - before.files,
    unpacked: after.unpacked - before.unpacked,
    stored: before.stored === null || after.stored === null ? null : after.stored - before.stored,
    hidden: after.hidden - before.hidden,
  }
}
