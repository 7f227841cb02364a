import type { EntryId, Filesystem } from '../image/filesystem.ts'
import type { Image } from '../image/image.ts'
import { digestContent } from '../image/indexer.ts'
import { duplicateSize, hides } from './identity.ts'

/**
 * Reads the digests that identity needs and no layer knows yet: of files that have the size of what they hide at their
 * path, and of equal-sized twins of 64 KiB or more. The last step that reads contents.
 */
export async function identify(image: Image, filesystem: Filesystem, signal?: AbortSignal): Promise<void> {
  for (const inode of candidates(filesystem)) {
    signal?.throwIfAborted()
    const layer = image.layers[filesystem.layerOf(inode)]
    const ordinal = filesystem.ordinal(inode)
    if (layer === undefined || layer.index.facts.digests.has(ordinal)) continue
    if (image.open === undefined)
      throw new Error(`${image.source} cannot go back to contents, and has no digest of one`)
    const content = await image.open(layer, ordinal)
    layer.index.facts.digests.set(ordinal, await digestContent(content, layer.index.contentAt?.(ordinal).sparse))
  }
}

/** Contents that might equal another one, in tar order, so that a disk is read front to back. */
function candidates(filesystem: Filesystem): EntryId[] {
  const wanted = new Set<EntryId>()
  const bySize = new Map<number, EntryId>()
  for (let id = 0; id < filesystem.count; id++) {
    const inode = filesystem.inode(id)
    const older = filesystem.older(id)
    if (older !== undefined && hides(filesystem, id, older)) pair(filesystem, inode, filesystem.inode(older), wanted)
    if (inode !== id || filesystem.kind(id) !== 'file' || filesystem.content(id) < duplicateSize) continue
    const twin = bySize.get(filesystem.content(id))
    if (twin === undefined) bySize.set(filesystem.content(id), id)
    else pair(filesystem, id, twin, wanted)
  }
  return [...wanted].sort((a, b) => a - b)
}

function pair(filesystem: Filesystem, a: EntryId, b: EntryId, wanted: Set<EntryId>): void {
  if (a === b || filesystem.kind(a) !== 'file' || filesystem.kind(b) !== 'file') return
  const size = filesystem.content(a)
  if (size === 0 || size !== filesystem.content(b)) return
  wanted.add(a)
  wanted.add(b)
}
