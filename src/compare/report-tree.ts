import { PathTree } from '../image/path-tree.ts'
import type { Report } from '../report/schema.ts'
import { kinds, type SizeTree } from './size-tree.ts'

/** What a report tells of the paths of its image: folders and files of at least a thousandth of it. */
export function reportTree({ size, folders, files }: Pick<Report, 'size' | 'folders' | 'files'>): SizeTree {
  const paths = new PathTree(folders.length + files.length)
  const told = [
    ...folders.map(({ path, bytes }) => ({ node: paths.add(path), kind: kinds.folder, bytes })),
    ...files.map(({ path, bytes }) => ({ node: paths.add(path), kind: kinds.file, bytes })),
  ].filter(({ node }) => node > 0)
  const kind = new Uint8Array(paths.size)
  const bytes = new Float64Array(paths.size)
  const listed = new Float64Array(paths.size)
  for (const row of told) {
    kind[row.node] = row.kind
    bytes[row.node] = row.bytes
  }
  for (let node = paths.size - 1; node > 0; node--) {
    // Every folder around a row is a row too, unless somebody else wrote the report.
    if (kind[node] === kinds.absent) bytes[node] = listed[node] ?? 0
    if (kind[node] === kinds.absent || (listed[node] ?? 0) > 0) kind[node] = kinds.folder
    const folder = paths.parent(node)
    listed[folder] = (listed[folder] ?? 0) + (bytes[node] ?? 0)
  }
  kind[0] = kinds.folder
  bytes[0] = size.files - size.hidden
  const most = Math.max(0, Math.ceil(size.files / 1000) - 1)
  const unlisted = (folder: number) => Math.max(0, Math.min(most, (bytes[folder] ?? 0) - (listed[folder] ?? 0)))
  return { paths, kinds: kind, bytes, unlisted }
}
