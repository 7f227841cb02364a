import type { EntryKind } from '../image/entry.ts'
import type { Filesystem } from '../image/filesystem.ts'
import { byBytesThenName } from './order.ts'
import type { Report } from './schema.ts'

/** Live bytes of every folder that holds at least a thousandth of the image; `count` of files, symlinks, hard links. */
export function foldersOf(filesystem: Filesystem, total: number): Report['folders'] {
  const { tree } = filesystem
  const bytes = new Float64Array(tree.size)
  const counts = new Uint32Array(tree.size)
  for (let id = 0; id < filesystem.count; id++) {
    if (!filesystem.visible(id) || !isCounted(filesystem.kind(id))) continue
    const inode = filesystem.inode(id)
    const hangs = filesystem.nameOf(inode) === id
    const content = hangs ? filesystem.content(inode) : 0
    const folder = tree.parent(filesystem.node(id))
    bytes[folder] = (bytes[folder] ?? 0) + content
    counts[folder] = (counts[folder] ?? 0) + 1
  }
  // A folder has a smaller number than what lies in it.
  for (let node = tree.size - 1; node > 0; node--) {
    const folder = tree.parent(node)
    bytes[folder] = (bytes[folder] ?? 0) + (bytes[node] ?? 0)
    counts[folder] = (counts[folder] ?? 0) + (counts[node] ?? 0)
  }
  const folders: Report['folders'] = []
  for (let node = 0; node < tree.size; node++) {
    const held = bytes[node] ?? 0
    if (held > 0 && held * 1000 >= total) folders.push({ path: tree.path(node), bytes: held, count: counts[node] ?? 0 })
  }
  return folders.sort(
    byBytesThenName(
      folder => folder.bytes,
      folder => folder.path,
    ),
  )
}

function isCounted(kind: EntryKind): boolean {
  return kind === 'file' || kind === 'symlink' || kind === 'hardlink'
}
