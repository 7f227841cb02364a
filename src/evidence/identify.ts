import type { Reader } from '../bytes/reader.ts'
import { digestReader } from '../image/content-digest.ts'
import type { EntryId, Filesystem } from '../image/filesystem.ts'
import type { Image } from '../image/image.ts'
import type { LayerIndex } from '../image/layer-index.ts'
import { checksumOf, duplicateSize, hides } from './identity.ts'

/**
 * Reads the digests that identity needs and no layer knows yet: of files that have the size of what they hide at their
 * path, and of equal-sized twins of 64 KiB or more that the image shows; where both have a CRC-64, a rewritten file needs
 * no digest, and twins need one where it is equal. The last step that reads contents.
 */
export async function identify(image: Image, filesystem: Filesystem, signal?: AbortSignal): Promise<void> {
  const wanted = new Map<LayerIndex, Map<number, Reader<unknown>>>()
  for (const inode of candidates(filesystem)) {
    const layer = image.layers[filesystem.layerOf(inode)]
    const ordinal = filesystem.ordinal(inode)
    if (layer === undefined || layer.index.facts.digests.has(ordinal)) continue
    const readers = wanted.get(layer.index) ?? new Map<number, Reader<unknown>>()
    wanted.set(layer.index, readers.set(ordinal, digestReader(layer.index, ordinal)))
  }
  if (wanted.size === 0) return
  if (image.contents === undefined)
    throw new Error(`${image.source} cannot go back to contents, and has no digest of one`)
  const all = [...wanted].map(([index, readers]) => ({ index, readers }))
  await image.contents.read(all, signal)
}

/** Contents that might equal another one, in tar order, so that a disk is read front to back. */
function candidates(filesystem: Filesystem): EntryId[] {
  const wanted = new Set<EntryId>()
  const bySize = new Map<number, EntryId[]>()
  for (let id = 0; id < filesystem.count; id++) {
    const inode = filesystem.inode(id)
    const older = filesystem.older(id)
    if (older !== undefined && hides(filesystem, id, older))
      rewritten(filesystem, inode, filesystem.inode(older), wanted)
    if (filesystem.content(id) < duplicateSize || filesystem.kind(id) !== 'file' || !filesystem.live(id)) continue
    const twins = bySize.get(filesystem.content(id))
    if (twins === undefined) bySize.set(filesystem.content(id), [id])
    else twins.push(id)
  }
  for (const twins of bySize.values()) if (twins.length > 1) duplicates(filesystem, twins, wanted)
  return [...wanted].sort((a, b) => a - b)
}

function rewritten(filesystem: Filesystem, a: EntryId, b: EntryId, wanted: Set<EntryId>): void {
  if (a === b || filesystem.kind(a) !== 'file' || filesystem.kind(b) !== 'file') return
  const size = filesystem.content(a)
  if (size === 0 || size !== filesystem.content(b)) return
  if (checksumOf(filesystem, a) !== undefined && checksumOf(filesystem, b) !== undefined) return
  wanted.add(a)
  wanted.add(b)
}

/** Of files of one size: all, unless each has a CRC-64, which leaves those that have it in common. */
function duplicates(filesystem: Filesystem, twins: readonly EntryId[], wanted: Set<EntryId>): void {
  const groups = new Map<string | undefined, EntryId[]>()
  for (const id of twins) {
    const checksum = checksumOf(filesystem, id)
    const group = groups.get(checksum)
    if (group === undefined) groups.set(checksum, [id])
    else group.push(id)
  }
  const alike = groups.has(undefined) ? [twins] : [...groups.values()].filter(group => group.length > 1)
  for (const group of alike) for (const id of group) wanted.add(id)
}
