import type { Evidence } from '../evidence/evidence.ts'
import type { Claim, Finding, Rule } from '../rule/rule.ts'
import { type Gross, Grossing } from './gross.ts'
import { Ledger } from './ledger.ts'
import { plus, type StoredBytes, StoredCosts } from './stored-costs.ts'
import type { Takings } from './takings.ts'

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
  readonly gross: Gross
  readonly bytes: number
  /** The part of `bytes` that no earlier finding claimed. */
  readonly saves: number
  /** The same two in the blobs that hold them. */
  readonly stored: { readonly bytes: StoredBytes; readonly saves: StoredBytes }
}

export interface Settlement {
  readonly findings: readonly Settled[]
  /** Bytes claimed, by the entry that holds the content. */
  readonly taken: Float64Array
  readonly costs: StoredCosts
}

/** The group whose rules speak of copies that the image does not show: a `keep` does not stand in their way. */
const hiddenCopies = 1

/**
 * Settles overlapping claims: every byte to one finding. All `safe` claims first, then all `check`, each in rule order;
 * `keep` takes nothing and holds its bytes against every later group but the one of hidden copies. So the safe saving is
 * the union of all safe claims, whatever their order, and no saving is counted twice. `takings` gets who took what.
 */
export function settle(evidence: Evidence, candidates: readonly Candidate[], takings?: Takings): Settlement {
  const { filesystem } = evidence
  const kept = keptBy(filesystem.count, candidates)
  const ledger = new Ledger(filesystem)
  const grossing = new Grossing(filesystem)
  const costs = new StoredCosts(filesystem)
  const settled = new Map<Candidate, Settled>()
  const put = (candidate: Candidate, claims: readonly Claim[], saves: number, savesStored: StoredBytes) => {
    const gross = grossing.of(claims, ledger.completed)
    const { rule, finding } = candidate
    const stored = { bytes: costs.gross(gross), saves: savesStored }
    settled.set(candidate, { rule, finding, claims, gross, bytes: gross.total, saves, stored })
  }
  for (const verdict of ['safe', 'check'] as const) {
    for (const candidate of candidates) {
      if (candidate.finding.verdict !== verdict) continue
      const claims = candidate.finding.claims.filter(
        claim => !isKept(kept, candidate.group, claim) && restStays(evidence, ledger, claim),
      )
      ledger.completed.clear()
      let saves = 0
      let stored: StoredBytes = 0
      for (const claim of claims) {
        const inode = filesystem.inode(claim.entry)
        const before = ledger.taken[inode] ?? 0
        const taken = ledger.take(claim)
        if (taken > 0) takings?.add(inode, candidate.rule.id, taken)
        saves += taken
        stored = plus(stored, costs.part(inode, before, before + taken))
      }
      put(candidate, claims, saves, stored)
    }
  }
  ledger.completed.clear()
  for (const candidate of candidates) {
    if (candidate.finding.verdict === 'keep') put(candidate, candidate.finding.claims, 0, 0)
  }
  const findings = candidates
    .map(candidate => settled.get(candidate))
    .filter(finding => finding !== undefined)
    .filter(({ rule, bytes }) => bytes > 0 || rule.claimsNothing === true)
  return { findings, taken: ledger.taken, costs }
}

const noGroup = 255

/** By entry: the first group that keeps it. */
function keptBy(count: number, candidates: readonly Candidate[]): Uint8Array {
  const kept = new Uint8Array(count).fill(noGroup)
  for (const { finding, group } of candidates) {
    if (finding.verdict !== 'keep') continue
    for (const { entry } of finding.claims) kept[entry] = Math.min(group, kept[entry] ?? noGroup)
  }
  return kept
}

function isKept(kept: Uint8Array, group: number, { entry }: Claim): boolean {
  return (kept[entry] ?? noGroup) < group && group !== hiddenCopies
}

/** A claim that rests on another copy stands while that copy, or an older one of it at its path, is not taken. */
function restStays({ identity }: Evidence, ledger: Ledger, { restsOn }: Claim): boolean {
  for (let copy = restsOn; copy !== undefined; copy = identity.rewrites(copy)) if (!ledger.isTaken(copy)) return true
  return restsOn === undefined
}
