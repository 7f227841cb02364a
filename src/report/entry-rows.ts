import type { Evidence } from '../evidence/evidence.ts'
import type { EntryId, Filesystem } from '../image/filesystem.ts'
import type { Takings } from '../savings/takings.ts'
import { keeperOf } from './causes.ts'
import type { EntryRow } from './entry-schema.ts'

/** Every entry of every layer with what the audit knows of it, base first, in tar order; one at a time, for there can be a
 *  million. */
export function* entryRows(evidence: Evidence, takings: Takings): Iterable<EntryRow> {
  const { filesystem, owners } = evidence
  const keeper = keeperOf(evidence)
  for (let id = 0; id < filesystem.count; id++) {
    const { target, ...entry } = filesystem.entry(id)
    yield {
      layer: filesystem.layerOf(id),
      ...entry,
      target: target ?? null,
      visible: filesystem.visible(id),
      ...hiding(filesystem, id),
      owner: owners.owner(id)?.key ?? null,
      causes: causesOf(filesystem, id, takings, keeper),
    }
  }
}

function hiding(filesystem: Filesystem, id: EntryId): Pick<EntryRow, 'hiddenBy' | 'replaced'> {
  const by = filesystem.hiddenBy(id)
  if (by === undefined) return { hiddenBy: null, replaced: null }
  return { hiddenBy: filesystem.layerOf(by), replaced: filesystem.replaced(id) }
}

/** Of the content that hangs on an entry. */
function causesOf(
  filesystem: Filesystem,
  id: EntryId,
  takings: Takings,
  keeper: (inode: EntryId) => string,
): EntryRow['causes'] {
  const inode = filesystem.inode(id)
  const content = filesystem.content(inode)
  if (content === 0 || filesystem.nameOf(inode) !== id) return []
  const waste = takings.of(inode).map(({ rule, bytes }) => ({ cause: rule, kind: 'waste' as const, bytes }))
  const kept = content - waste.reduce((sum, { bytes }) => sum + bytes, 0)
  return kept === 0 ? waste : [...waste, { cause: keeper(inode), kind: 'kept', bytes: kept }]
}
