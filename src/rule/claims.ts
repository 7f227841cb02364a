import type { Evidence } from '../evidence/evidence.ts'
import type { EntryId } from '../image/filesystem.ts'
import type { Claim, Fix, Verdict } from './rule.ts'

/** The layer that first wrote the content of an entry: rewritten copies of it are that instruction's too. */
export function originLayer({ filesystem, identity }: Evidence, entry: EntryId): number {
  return filesystem.layerOf(identity.origin(entry))
}

/** Entries by the layer that first wrote their content, base first. */
export function byOriginLayer(evidence: Evidence, entries: Iterable<EntryId>): [number, EntryId[]][] {
  const layers = new Map<number, EntryId[]>()
  for (const entry of entries) {
    const layer = originLayer(evidence, entry)
    const known = layers.get(layer)
    if (known === undefined) layers.set(layer, [entry])
    else known.push(entry)
  }
  return [...layers].sort(([a], [b]) => a - b)
}

/** A visible entry with the older copies of its path, which go when its instruction changes. */
export function withOlderCopies({ filesystem }: Evidence, entry: EntryId): EntryId[] {
  const copies = [entry]
  for (let older = filesystem.older(entry); older !== undefined; older = filesystem.older(older)) copies.push(older)
  return copies
}

/** Claims of visible entries and of the older copies of their paths. */
export function claimsWithOlder({ filesystem }: Evidence, entries: Iterable<EntryId>): Claim[] {
  const claims: Claim[] = []
  for (const visible of entries) {
    for (let entry: EntryId | undefined = visible; entry !== undefined; entry = filesystem.older(entry)) {
      claims.push({ entry })
    }
  }
  return claims
}

/** Instruction of a layer as a person wrote it, for messages and `fix.before`. */
export function instruction({ image }: Evidence, layer: number): string | undefined {
  return image.layers[layer]?.history?.createdBy
}

/**
 * What a finding may promise, given the layer to change. A layer that came with FROM is changed by another FROM, and
 * nobody knows what that brings: never `safe` there.
 */
export function judge(
  evidence: Evidence,
  layer: number,
  wanted: {
    readonly verdict: Verdict
    readonly because: readonly string[]
    readonly fix: Omit<Fix, 'layer' | 'before'>
  },
): { readonly verdict: Verdict; readonly because: readonly string[]; readonly fix: Fix } {
  const before = instruction(evidence, layer)
  const base = evidence.base[layer]
  if (base === true && wanted.verdict !== 'keep') {
    const known = evidence.baseTold ? '' : ', as far as the image tells'
    return {
      verdict: 'check',
      because: [...wanted.because, `layer ${layer} came with FROM${known}: only another base image leaves it out`],
      fix: { id: 'other-base', layer, after: 'FROM a base image that does not have it' },
    }
  }
  const because =
    base === null
      ? [...wanted.because, `nothing tells whether layer ${layer} came with FROM: judged as if it did not`]
      : wanted.because
  return {
    verdict: wanted.verdict,
    because,
    fix: { ...wanted.fix, layer, ...(before === undefined ? {} : { before }) },
  }
}
