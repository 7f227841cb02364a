import { sum } from '../bytes/sum.ts'
import type { Report } from '../report/schema.ts'
import { impliedFiles } from './implied-files.ts'
import type { Comparison } from './schema.ts'
import { sharedLayers } from './shared-layers.ts'

type Layer = Report['layers'][number]

/**
 * What a host that has `before` fetches for `after`: layers that it has not, each once, as registries store them where that is
 * known. containerd and Podman look layers up by digest. Docker with a graph driver looks them up by chain ID, a digest of
 * a layer and all below it (OCI image-spec config.md), so those that it has, but on others, are fetched `again`.
 */
export function pullOf(before: readonly Layer[], after: readonly Layer[]): Comparison['pull'] {
  const there = new Set(before.map(layer => layer.diffId))
  const moved = new Map(changedOn(before, after).map(layer => [layer.diffId, layer]))
  const kind = kindOf(before, after)
  const part = (layers: readonly Layer[]) => ({
    bytes: sum(layers.map(({ size }) => size[kind] ?? 0)),
    layers: layers.length,
  })
  const { bytes, layers } = part([...moved.values()].filter(({ diffId }) => !there.has(diffId)))
  return { bytes, kind, layers, again: part([...moved.values()].filter(({ diffId }) => there.has(diffId))) }
}

/** Layers that were built again although their instruction did not change, since one below them did; null where there are none.
 *  A COPY or ADD that brings other bytes has changed of itself, and so has the first that changed; what reads a file that the
 *  first copies needs it, wherever it stands. What came with FROM was not built here. */
export function invalidatedOf(
  before: readonly Layer[],
  after: readonly Layer[],
  rows: Comparison['layers'],
): Comparison['invalidated'] {
  const [first, ...behind] = changedOn(before, after)
  if (first === undefined) return null
  const again = new Set(rows.filter(isBuiltAgain).map(row => row.after))
  // A shorter or longer base is another FROM too, whatever instruction stands there now.
  const base = before[first.index]?.base === true ? true : first.base
  const copied = base !== true && isCopy(first.createdBy) ? wordsOf(first) : []
  const isOfFirst = (layer: Layer) =>
    [...fileNames(layer), ...impliedFiles(layer.createdBy ?? '')].some(name =>
      copied.some(word => standsFor(word, name)),
    )
  const layers = behind.filter(layer => layer.base !== true && again.has(layer.index) && !isOfFirst(layer))
  if (layers.length === 0) return null
  const kind = kindOf(before, after)
  return {
    layer: first.index,
    createdBy: first.createdBy,
    base,
    layers: layers.map(({ index }) => index),
    bytes: sum(layers.map(({ size }) => size[kind] ?? 0)),
  }
}

function isBuiltAgain({ change, createdBy, difference }: Comparison['layers'][number]): boolean {
  return change === 'changed' && (difference === 0 || !isCopy(createdBy))
}

/** `requirements.txt` of `RUN pip install -r /app/requirements.txt`: names with an extension, which say the same anywhere. */
function fileNames(layer: Layer): string[] {
  return wordsOf(layer).filter(word => /[^.]\.\w+$/.test(word))
}

function wordsOf({ createdBy }: Layer): string[] {
  return (createdBy ?? '').split(/[\s/"',=;&|()[\]]+/).filter(word => word !== '')
}

/** Whether a word of COPY stands for a name: `package*.json`. Without a regular expression, which an image could make slow. */
function standsFor(word: string, name: string): boolean {
  const [first = '', ...parts] = word.split('*')
  const last = parts.pop()
  if (last === undefined || !/\w/.test(word)) return word === name
  const end = name.length - last.length
  let at = first.length
  if (end < at || !name.startsWith(first) || !name.endsWith(last)) return false
  for (const part of parts) {
    const found = name.indexOf(part, at)
    if (found === -1 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}

function isCopy(createdBy: string | null): boolean {
  return /^(?:COPY|ADD)\s/.test(createdBy ?? '')
}

/** From the first that is another than before's at its place: before has none of their chain IDs. */
function changedOn(before: readonly Layer[], after: readonly Layer[]): readonly Layer[] {
  return after.slice(sharedLayers(before, after))
}

/** One kind for all that is told of them, so that figures can be added. */
function kindOf(before: readonly Layer[], after: readonly Layer[]): Comparison['pull']['kind'] {
  return changedOn(before, after).every(({ size }) => size.stored !== null) ? 'stored' : 'unpacked'
}
