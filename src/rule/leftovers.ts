import type { Evidence } from '../evidence/evidence.ts'
import type { EntryId, Filesystem } from '../image/filesystem.ts'
import { byOriginLayer, instruction, judge } from './claims.ts'
import { files } from './place.ts'
import type { Finding, Fix, Verdict } from './rule.ts'

/** Entries of one kind that nothing needs when the image runs, wherever they lie and whichever layers wrote them. */
export interface Leftovers {
  /** Begins a sentence: `pip's cache`. */
  readonly what: string
  /** The folders or files that they are; none where they lie all over the image. */
  readonly at: readonly string[]
  readonly entries: readonly EntryId[]
  readonly verdict: Verdict
  readonly because: readonly string[]
  /** What to change in an instruction, given as far as it is known, so that it leaves nothing at these places. */
  fix(written: string | undefined, layer: number, at: readonly string[]): Omit<Fix, 'layer' | 'before'>
}

interface Group {
  readonly layer: number
  readonly first: Leftovers
  readonly because: Set<string>
  readonly what: Set<string>
  readonly at: Set<string>
  readonly entries: EntryId[]
}

/** One finding for each fix, layer and verdict, base first. Every entry counts, hidden ones too. */
export function* leftoverFindings(evidence: Evidence, leftovers: Iterable<Leftovers>): Iterable<Finding> {
  const groups = new Map<string, Group>()
  const seen = new Set<EntryId>()
  for (const leftover of leftovers) {
    const fresh = leftover.entries.filter(entry => !seen.has(entry))
    for (const entry of fresh) seen.add(entry)
    for (const [layer, own] of byOriginLayer(evidence, fresh)) {
      const judged = judgedBy(evidence, leftover, layer, leftover.at)
      const key = `${String(layer).padStart(6, '0')} ${judged.fix.id} ${judged.verdict}`
      const group = groups.get(key) ?? {
        layer,
        first: leftover,
        because: new Set(),
        what: new Set(),
        at: new Set(),
        entries: [],
      }
      groups.set(key, group)
      for (const reason of judged.because) group.because.add(reason)
      group.what.add(leftover.what)
      for (const place of leftover.at) group.at.add(place)
      for (const entry of own) group.entries.push(entry)
    }
  }
  for (const [, group] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) yield findingOf(evidence, group)
}

function judgedBy(evidence: Evidence, leftover: Leftovers, layer: number, at: readonly string[]) {
  const { verdict, because } = leftover
  const { after, ...fix } = leftover.fix(instruction(evidence, layer), layer, at)
  // Nobody is told how to leave out what is kept.
  return judge(evidence, layer, {
    verdict,
    because,
    fix: verdict === 'keep' || after === undefined ? fix : { ...fix, after },
  })
}

function findingOf(evidence: Evidence, { layer, first, because, what, at, entries }: Group): Finding {
  const single = entries.length === 1 && entries[0] !== undefined && at.has(evidence.filesystem.path(entries[0]))
  const where = at.size === 0 ? '' : ` ${single ? 'at' : 'in'} ${listed(at)}`
  const sentence = `${listed(what, 6)}: ${files(entries.length)}${where}`
  return {
    ...judgedBy(evidence, first, layer, [...at]),
    because: [...because],
    message: [sentence, ...fates(evidence, entries), ...shared(evidence.filesystem, entries)].join('; '),
    claims: entries.map(entry => ({ entry })),
  }
}

/** What later layers did to the entries: none of it frees a byte. */
function fates({ filesystem, identity }: Evidence, entries: readonly EntryId[]): string[] {
  const counts = new Map<string, number>()
  for (const entry of entries) {
    const by = filesystem.hiddenBy(entry)
    if (by === undefined || filesystem.layerOf(by) === filesystem.layerOf(entry)) continue
    const did = filesystem.isMarker(by) ? 'deletes' : identity.rewrites(by) === entry ? 'stores again' : 'replaces'
    const key = `layer ${filesystem.layerOf(by)} ${did}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return [...counts].map(([did, count]) => {
    const which = count < entries.length ? `${count} of them` : count === 1 ? 'it' : 'them'
    const clause = did.endsWith(' again') ? `${did.slice(0, -' again'.length)} ${which} again` : `${did} ${which}`
    return did.endsWith(' again') ? clause : `${clause}, which frees nothing`
  })
}

/** Hard links into what is installed: one content under two names, of which only one would go. */
function shared(filesystem: Filesystem, entries: readonly EntryId[]): string[] {
  const linked = entries.filter(entry => filesystem.names(entry).length > 1)
  if (linked.length === 0) return []
  const own = new Set(entries)
  const outside = linked.filter(entry =>
    filesystem.names(entry).some(name => filesystem.visible(name) && !own.has(name)),
  )
  if (outside.length === 0) return []
  const verb = outside.length === 1 ? 'is a hard link' : 'are hard links'
  return [`${outside.length} of them ${verb} to files that stay, and cost nothing`]
}

/** The first few of a list, and how many more there are. */
export function listed(all: Iterable<string>, limit = 3): string {
  const items = [...all]
  if (items.length <= limit + 1) return items.join(', ')
  return `${items.slice(0, limit).join(', ')} and ${items.length - limit} more`
}
