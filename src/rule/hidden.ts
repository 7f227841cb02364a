import type { Evidence } from '../evidence/evidence.ts'
import type { EntryId } from '../image/filesystem.ts'
import { originLayer } from './claims.ts'

/** Contents that one layer wrote and one layer hid, under all their names. */
export interface HiddenContents {
  /** The layer that first wrote them. */
  readonly wrote: number
  readonly hid: number
  /** Whether the layer that hid them put something in their place. */
  readonly replaced: boolean
  readonly entries: EntryId[]
}

/**
 * Every content that the final image shows nowhere, by the layers that wrote and hid it. A content that a later layer
 * only stores again (chown) is hidden by what hides that copy:
 *
 *      layer 3                 whiteout /b
 *      layer 2   /a chowned    /b chowned
 *      layer 1   /a            /b             /b of 1 and of 2 are hidden by 3; /a of 1 is none of these
 */
export function hiddenContents(evidence: Evidence): readonly HiddenContents[] {
  const known = hidden.get(evidence) ?? find(evidence)
  hidden.set(evidence, known)
  return known
}

/** Two rules ask, and an image can hide half a million contents. */
const hidden = new WeakMap<Evidence, readonly HiddenContents[]>()

function find(evidence: Evidence): HiddenContents[] {
  const { filesystem } = evidence
  const groups = new Map<number, HiddenContents>()
  for (let id = 0; id < filesystem.count; id++) {
    if (filesystem.visible(id) || filesystem.content(id) === 0) continue
    const fate = fateOf(evidence, id)
    if (fate === undefined) continue
    const wrote = originLayer(evidence, id)
    const hid = filesystem.layerOf(fate.by)
    const key = (wrote * filesystem.layers.length + hid) * 2 + Number(fate.replaced)
    const group = groups.get(key) ?? { wrote, hid, replaced: fate.replaced, entries: [] }
    groups.set(key, group)
    if (!filesystem.hasNames(id)) group.entries.push(id)
    else for (const name of filesystem.names(id)) group.entries.push(name)
  }
  return [...groups.values()].sort((a, b) => a.wrote - b.wrote || a.hid - b.hid)
}

/** What hid the last name of a content, rewritten copies followed; undefined while the image shows one of them. */
export function fateOf({ filesystem, identity }: Evidence, inode: EntryId) {
  let last: { by: EntryId; replaced: boolean } | undefined
  for (const name of filesystem.names(inode)) {
    const newest = identity.newest(name)
    const by = filesystem.hiddenBy(newest)
    if (by === undefined) return undefined
    if (last === undefined || by > last.by) last = { by, replaced: filesystem.replaced(newest) }
  }
  return last
}
