import type { Report } from '../report/schema.ts'
import { grouped } from '../rule/grouped.ts'
import { heaviestPairs } from './heaviest-pairs.ts'
import type { Comparison } from './schema.ts'
import { sharedLayers } from './shared-layers.ts'

type Layer = Report['layers'][number]
type Row = Comparison['layers'][number]

/**
 * Every layer of the two: kept where both have it in the same order (the longest common subsequence of diff IDs), changed where
 * between two kept ones the same instruction made another one, moved where both have it in another order, else new or gone. Of
 * more than a thousand layers, some that could be kept are told as moved. In the order of `after`; a layer that is gone follows
 * the one that it stood on. Σ difference = difference of size.files.
 */
export function layersOf(before: readonly Layer[], after: readonly Layer[]): Comparison['layers'] {
  const partners = partnersOf(before, after)
  const moved = movedOf(before, after, partners)
  const rows = after.map(layer => row(layer, partners.get(layer), moved.get(layer)))
  const stayed = new Set(partners.values())
  const away = new Set(moved.values())
  // By the one below them that stayed.
  const gone = new Map<number, Row[]>([[bottom, []]])
  let below = bottom
  for (const layer of before) {
    if (stayed.has(layer)) {
      below = layer.index
      gone.set(below, [])
    } else if (!away.has(layer)) gone.get(below)?.push(goneRow(layer))
  }
  const goneOn = (index: number | null) => (index === null ? [] : (gone.get(index) ?? []))
  return [...goneOn(bottom), ...rows.flatMap(one => [one, ...goneOn(one.before)])]
}

/** Below the first. */
const bottom = -1

/** By layer of after, the one of before that it is, or that it was made instead of. */
function partnersOf(before: readonly Layer[], after: readonly Layer[]): ReadonlyMap<Layer, Layer> {
  const partners = new Map<Layer, Layer>()
  let from: readonly [was: number, is: number] = [0, 0]
  for (const [was, is] of [...keptOf(before, after), [before.length, after.length] as const]) {
    pairByInstruction(before.slice(from[0], was), after.slice(from[1], is), partners)
    const [old, young] = [before[was], after[is]]
    if (old !== undefined && young !== undefined) partners.set(young, old)
    from = [was + 1, is + 1]
  }
  return partners
}

/** Positions of those that both have in the same order, as many as can be. Layers without an entry have one diff ID, whatever
 *  made them: of two that will do, it is the one with the same instruction, then the one that parts fewer that changed. */
function keptOf(before: readonly Layer[], after: readonly Layer[]): (readonly [was: number, is: number])[] {
  const shared = sharedLayers(before, after)
  const [old, young] = [before.slice(shared), after.slice(shared)]
  const isKept = (was: number, is: number) => old[was]?.diffId === young[is]?.diffId
  const more = old.length + young.length
  const pairs = heaviestPairs(old.length, young.length, (was, is) => {
    const [before, after] = [old[was]?.createdBy ?? null, young[is]?.createdBy ?? null]
    if (isKept(was, is)) return more * more + (before === after ? more : 0)
    return before !== null && before === after ? 1 : 0
  })
  return [
    ...Array.from({ length: shared }, (_, position) => [position, position] as const),
    ...pairs.filter(([was, is]) => isKept(was, is)).map(([was, is]) => [shared + was, shared + is] as const),
  ]
}

/** The first with an instruction goes with the first that has it, the second with the second. */
function pairByInstruction(before: readonly Layer[], after: readonly Layer[], partners: Map<Layer, Layer>): void {
  // Between two kept ones nothing has the same content, unless there are too many layers to find all that could be kept.
  const [was, is] = [contentOf(before), contentOf(after)]
  const left = grouped(before.filter(({ diffId }) => !is.has(diffId)).reverse(), ({ createdBy }) => createdBy)
  for (const layer of after) {
    const { diffId, createdBy } = layer
    const partner = createdBy === null || was.has(diffId) ? undefined : left.get(createdBy)?.pop()
    if (partner !== undefined) partners.set(layer, partner)
  }
}

function contentOf(layers: readonly Layer[]): ReadonlySet<string> {
  return new Set(layers.map(({ diffId }) => diffId))
}

/** Of layers that have no partner, those that both have. An empty one is the same whatever made it, so its instruction counts. */
function movedOf(
  before: readonly Layer[],
  after: readonly Layer[],
  partners: ReadonlyMap<Layer, Layer>,
): ReadonlyMap<Layer, Layer> {
  const taken = new Set(partners.values())
  const moved = new Map<Layer, Layer>()
  const left = before.filter(layer => !taken.has(layer)).reverse()
  const [byContent, byInstruction] = [grouped(left, ({ diffId }) => diffId), grouped(left, contentAndInstruction)]
  for (const layer of after) {
    if (partners.has(layer)) continue
    const stood = layer.size.files > 0 ? byContent.get(layer.diffId) : byInstruction.get(contentAndInstruction(layer))
    while (stood?.length && taken.has(stood.at(-1) ?? layer)) stood.pop()
    const one = stood?.pop()
    if (one === undefined) continue
    taken.add(one)
    moved.set(layer, one)
  }
  return moved
}

function contentAndInstruction({ diffId, createdBy }: Layer): string {
  return `${diffId} ${createdBy === null ? '' : `by ${createdBy}`}`
}

function row(after: Layer, partner: Layer | undefined, moved: Layer | undefined): Row {
  const before = partner ?? moved
  const ofPartner = partner === undefined ? 'new' : partner.diffId === after.diffId ? 'kept' : 'changed'
  return {
    change: moved === undefined ? ofPartner : 'moved',
    diffId: after.diffId,
    before: before?.index ?? null,
    after: after.index,
    createdBy: after.createdBy,
    base: after.base,
    size: after.size,
    difference: after.size.files - (before?.size.files ?? 0),
    dockerfile: after.dockerfile,
  }
}

function goneRow({ diffId, index, createdBy, base, size, dockerfile }: Layer): Row {
  return {
    change: 'gone',
    diffId,
    before: index,
    after: null,
    createdBy,
    base,
    size,
    difference: 0 - size.files,
    dockerfile,
  }
}
