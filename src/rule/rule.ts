import type { Evidence } from '../evidence/evidence.ts'
import type { EntryId } from '../image/filesystem.ts'

/** Where in the guide a piece of advice rests. */
export interface GuideReference {
  readonly section: 1 | 2 | 3 | 4
  readonly title: string
}

/** safe: nothing that runs can miss it. check: somebody has to know. keep: needed, counted, not claimed. */
export type Verdict = 'safe' | 'check' | 'keep'

/** What to change, in one instruction. Findings with the same id and layer are one action. */
export interface Fix {
  readonly id: string
  /** Position of the layer whose instruction must change; null where nothing tells. */
  readonly layer: number | null
  /** Dockerfile text as it is, as far as known. */
  readonly before?: string
  /** Dockerfile text as it should be. */
  readonly after?: string
}

/** Bytes that a fix keeps out of the image: an entry's content, or ranges of it. */
export interface Claim {
  readonly entry: EntryId
  /** [start, end) offsets in the content; all of it where absent. */
  readonly ranges?: readonly (readonly [number, number])[]
  /** Another copy that must stay for this one to go; the claim falls when an earlier one took that copy. */
  readonly restsOn?: EntryId
}

/** What one change of one instruction settles: one per rule, verdict and fix. */
export interface Finding {
  readonly message: string
  readonly fix: Fix
  readonly verdict: Verdict
  /** The evidence for the verdict, in words. */
  readonly because: readonly string[]
  readonly claims: readonly Claim[]
}

/** One kind of waste. */
export interface Rule {
  /** The file's name. */
  readonly id: string
  readonly title: string
  readonly guide?: GuideReference
  /** Why it is waste, how to fix it, when to keep it: three paragraphs that begin `Why:`, `Fix:`, `Keep:`. */
  readonly help: string
  /** Findings of configuration and secrets stay although they claim nothing. */
  readonly claimsNothing?: true
  /** Pure. */
  check(evidence: Evidence): Iterable<Finding>
}
