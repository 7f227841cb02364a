import type { EntryId, Filesystem } from '../image/filesystem.ts'
import type { PackageRecord } from '../probe/package-record.ts'

/** A record where it stands: visible in the trees as of [from, to). */
export interface Standing {
  readonly id: EntryId
  readonly path: string
  readonly from: number
  readonly to: number
  readonly is: PackageRecord
}

/** Every record that some tree shows, in tar order. */
export function standingRecords(filesystem: Filesystem): Standing[] {
  const records: Standing[] = []
  for (const layer of filesystem.layers) {
    const first = filesystem.range(layer.position).from
    for (const [ordinal, is] of [...layer.index.facts.records].sort(([a], [b]) => a - b)) {
      const id = first + ordinal
      const by = filesystem.hiddenBy(id)
      const to = by === undefined ? Infinity : filesystem.layerOf(by)
      // One that its own layer replaced never spoke for any tree.
      if (to > layer.position) records.push({ id, path: filesystem.path(id), from: layer.position, to, is })
    }
  }
  return records
}
