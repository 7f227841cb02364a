import type { Side } from '../../src/compare/compare.ts'
import { compare } from '../../src/compare/compare.ts'
import { liveTree } from '../../src/compare/live-tree.ts'
import type { Comparison } from '../../src/compare/schema.ts'
import type { Policy } from '../../src/report/limits.ts'
import { makeReport } from '../../src/report/report.ts'
import { candidatesOf } from '../../src/savings/candidates.ts'
import { settle } from '../../src/savings/settle.ts'
import { examine, type Fixture } from '../fixture.ts'
import { expectComparisonBalanced } from './balance.ts'

/** A fixture as one of two images that are compared, read whole. */
export async function sideOf(fixture: Fixture): Promise<Required<Side>> {
  const evidence = await examine(fixture)
  const report = makeReport(evidence, settle(evidence, candidatesOf(evidence)), '0.0.0')
  return { report, tree: liveTree(evidence.filesystem) }
}

/** Compares two, and has every sum checked. */
export function compared(before: Side, after: Side, policy: Partial<Policy> = {}): Comparison {
  const comparison = compare(before, after, { limits: {}, ignore: [], now: new Date(0), ...policy }, '0.0.0')
  expectComparisonBalanced(comparison)
  return comparison
}

/** Compares two fixtures. */
export async function comparedFixtures(before: Fixture, after: Fixture): Promise<Comparison> {
  return compared(await sideOf(before), await sideOf(after))
}
