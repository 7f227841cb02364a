import type { Evidence } from '../evidence/evidence.ts'
import type { EntryId } from '../image/filesystem.ts'
import type { Claim, Finding, Rule } from '../rule/rule.ts'
import { gross } from './gross.ts'
import { Ledger } from './ledger.ts'

/** A finding before it is settled: `group` is its rule's place in the settling order. */
export interface Candidate {
  readonly rule: Rule
  readonly group: number
  readonly finding: Finding
}

/** A finding with what is left of its claims. Bytes. */
export interface Settled {
  readonly rule: Rule
  readonly finding: Finding
  readonly claims: readonly Claim[]
  /** By the name that they hang on: what this fix, applied alone, keeps out of the image. */
  readonly gross: ReadonlyMap<EntryId, number>
  readonly bytes: number
  /** The part of `bytes` that no earlier finding claimed. */
  readonly saves: number
}

export interface Settlement {
  readonly findings: readonly Settled[]
  /** Bytes claimed, by the entry that holds the content. */
  readonly taken: Float64Array
}

/** The group whose rules speak of copies that the image does not show: a `keep` does not stand in their way. */
const hiddenCopies = 1

/**
 * Settles overlapping claims: every byte to one finding. All `safe` claims first, then all `check`, each in rule order;
 * `keep` takes nothing and holds its bytes against every later group but the one of hidden copies. So the safe saving is
 * the union of all safe claims, whatever their order, and no saving is counted twice.
 */
export function settle(evidence: Evidence, candidates: readonly Candidate[]): Settlement {
  const { filesystem } = evidence
  const kept = keptBy(candidates)
  const ledger = new Ledger(filesystem)
  const settled = new Map<Candidate, Settled>()
  for (const verdict of ['safe', 'check'] as const) {
    for (const candidate of candidates) {
      if (candidate.finding.verdict !== verdict) continue
      const claims = candidate.finding.claims.filter(
        claim => !isKept(kept, candidate.group, claim) && restStays(evidence, ledger, claim),
      )
      let saves = 0
      const completed = new Set<EntryId>()
      for (const claim of claims) {
        const { bytes, completes } = ledger.take(claim)
        saves += bytes
        if (completes) completed.add(claim.entry)
      }
      settled.set(candidate, settledOf(evidence, candidate, claims, completed, saves))
    }
  }
  for (const candidate of candidates) {
    if (candidate.finding.verdict !== 'keep') continue
    settled.set(candidate, settledOf(evidence, candidate, candidate.finding.claims, new Set(), 0))
  }
  const findings = candidates
    .map(candidate => settled.get(candidate))
    .filter(finding => finding !== undefined)
    .filter(({ rule, bytes }) => bytes > 0 || rule.claimsNothing === true)
  return { findings, taken: ledger.taken }
}

function settledOf(
  { filesystem }: Evidence,
  { rule, finding }: Candidate,
  claims: readonly Claim[],
  completed: ReadonlySet<EntryId>,
  saves: number,
): Settled {
  const bytesByName = gross(filesystem, claims, completed)
  let bytes = 0
  for (const part of bytesByName.values()) bytes += part
  return { rule, finding, claims, gross: bytesByName, bytes, saves }
}

/** By entry: the first group that keeps it. */
function keptBy(candidates: readonly Candidate[]): ReadonlyMap<EntryId, number> {
  const kept = new Map<EntryId, number>()
  for (const { finding, group } of candidates) {
    if (finding.verdict !== 'keep') continue
    for (const { entry } of finding.claims) kept.set(entry, Math.min(group, kept.get(entry) ?? group))
  }
  return kept
}

function isKept(kept: ReadonlyMap<EntryId, number>, group: number, { entry }: Claim): boolean {
  const by = kept.get(entry)
  return by !== undefined && by < group && group !== hiddenCopies
}

/** A claim that rests on another copy stands while that copy, or an older one of it at its path, is not taken. */
function restStays({ identity }: Evidence, ledger: Ledger, { restsOn }: Claim): boolean {
  for (let copy = restsOn; copy !== undefined; copy = identity.rewrites(copy)) if (!ledger.isTaken(copy)) return true
  return restsOn === undefined
}
