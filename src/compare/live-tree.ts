import type { Filesystem } from '../image/filesystem.ts'
import { kinds, type SizeTree } from './size-tree.ts'

/** Every path that an image shows. Of the filesystem it keeps the names only, so that the layers can be let go of. */
export function liveTree(filesystem: Filesystem): SizeTree {
  const { tree: paths } = filesystem
  const kind = new Uint8Array(paths.size)
  const bytes = new Float64Array(paths.size)
  for (let id = 0; id < filesystem.count; id++) {
    if (!filesystem.visible(id)) continue
    const node = filesystem.node(id)
    kind[node] = filesystem.kind(id) === 'directory' ? kinds.folder : kinds.file
    const inode = filesystem.inode(id)
    if (filesystem.nameOf(inode) === id) bytes[node] = (bytes[node] ?? 0) + filesystem.content(inode)
  }
  // A folder has a smaller number than what lies in it, and need not have an entry of its own.
  for (let node = paths.size - 1; node > 0; node--) {
    if (kind[node] === kinds.absent) continue
    const folder = paths.parent(node)
    kind[folder] = kinds.folder
    bytes[folder] = (bytes[folder] ?? 0) + (bytes[node] ?? 0)
  }
  kind[0] = kinds.folder
  return { paths, kinds: kind, bytes, unlisted: () => 0 }
}
