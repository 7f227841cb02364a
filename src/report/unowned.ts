import type { Evidence } from '../evidence/evidence.ts'
import { ByFolder } from '../image/by-folder.ts'
import { twoDeep } from './causes.ts'
import { byBytesThenName } from './order.ts'
import type { Report } from './schema.ts'

/** Live contents that no package owns, by folder two levels deep. With the bytes of all packages: all live bytes. */
export function unownedOf({ filesystem, owners }: Evidence): Report['unowned'] {
  const places = new ByFolder(filesystem.tree, twoDeep)
  const rows = new Map<string, Report['unowned'][number]>()
  for (let inode = 0; inode < filesystem.count; inode++) {
    const bytes = filesystem.content(inode)
    if (bytes === 0 || !filesystem.live(inode) || owners.ownerOfContent(inode) !== undefined) continue
    const path = places.around(filesystem.node(filesystem.nameOf(inode)))
    const row = rows.get(path)
    if (row === undefined) rows.set(path, { path, bytes, count: 1 })
    else {
      row.bytes += bytes
      row.count++
    }
  }
  return [...rows.values()].sort(
    byBytesThenName(
      row => row.bytes,
      row => row.path,
    ),
  )
}
