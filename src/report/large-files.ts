import type { Filesystem } from '../image/filesystem.ts'
import { byBytesThenName } from './order.ts'
import type { Report } from './schema.ts'

/** Live contents that make at least a thousandth of the image, each under the name that its bytes hang on. */
export function largeFilesOf(filesystem: Filesystem, total: number): Report['files'] {
  const files: Report['files'] = []
  for (let inode = 0; inode < filesystem.count; inode++) {
    const bytes = filesystem.content(inode)
    if (bytes === 0 || bytes * 1000 < total || !filesystem.live(inode)) continue
    files.push({ path: filesystem.path(filesystem.nameOf(inode)), bytes })
  }
  return files.sort(
    byBytesThenName(
      file => file.bytes,
      file => file.path,
    ),
  )
}
