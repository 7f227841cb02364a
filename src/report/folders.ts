import type { EntryKind } from '../image/entry.ts'
import type { Filesystem } from '../image/filesystem.ts'
import type { Notice } from '../image/notice.ts'
import { byBytesThenName } from './order.ts'
import type { Report } from './schema.ts'

/** No more rows than this: folders inside each other can all hold all of an image, as no real ones do. */
const mostFolders = 20_000

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
  const held = (node: number) => bytes[node] ?? 0
  const large: number[] = []
  for (let node = 0; node < tree.size; node++) if (held(node) > 0 && held(node) * 1000 >= total) large.push(node)
  // Of equal ones those above, since they have the smaller numbers.
  if (large.length > mostFolders) large.sort((a, b) => held(b) - held(a) || a - b)
  const folders = large
    .slice(0, mostFolders)
    .map(node => ({ path: tree.path(node), bytes: held(node), count: counts[node] ?? 0 }))
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

/** Says that there are more. */
export function foldersLeftOut(folders: Report['folders']): Notice[] {
  if (folders.length < mostFolders) return []
  const message = `folders are listed as far as the ${mostFolders} largest: there may be more with a thousandth of the image`
  return [{ code: 'folders-left-out', message }]
}
