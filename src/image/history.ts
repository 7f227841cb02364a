import { field, type JsonObject, text } from './document.ts'
import { instruction } from './instruction.ts'

/** One line of a configuration's history. */
export interface HistoryLine {
  /** The instruction as a person wrote it as far as known, secrets masked; undefined where nothing was recorded. */
  readonly createdBy?: string
  /** As recorded. */
  readonly raw: string
  readonly comment?: string
  readonly created?: string
  readonly emptyLayer: boolean
}

/** Reads one entry of a configuration's `history` (OCI image-spec config.md). */
export function historyLine(entry: JsonObject): HistoryLine {
  const raw = text(entry, 'created_by') ?? ''
  const createdBy = instruction(raw)
  const comment = text(entry, 'comment')
  const created = text(entry, 'created')
  return {
    raw,
    emptyLayer: field(entry, 'empty_layer') === true,
    ...(createdBy === undefined ? {} : { createdBy }),
    ...(comment ? { comment } : {}),
    ...(created === undefined ? {} : { created }),
  }
}

/**
 * The history line of each layer, base first. Builders drop lines (nix, kaniko's single snapshot, squash, buildah) or
 * mark a layer empty that is not: where the numbers differ no line can be told to belong to any layer, so all are
 * undefined rather than shifted by one.
 */
export function alignHistory(
  history: readonly HistoryLine[],
  layerCount: number,
): readonly (HistoryLine | undefined)[] {
  const own = history.filter(line => !line.emptyLayer)
  if (own.length === layerCount) return own
  return new Array<undefined>(layerCount).fill(undefined)
}
