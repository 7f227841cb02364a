import { reportTree } from '../../src/compare/report-tree.ts'
import { kinds, type SizeTree } from '../../src/compare/size-tree.ts'
import { PathTree } from '../../src/image/path-tree.ts'
import type { Report } from '../../src/report/schema.ts'

/** Files by path, with their bytes. */
export type Files = Iterable<readonly [path: string, bytes: number]>

/** Every path of some files, where volume is needed: layers make the same. */
export function plainTree(files: Files): SizeTree {
  const paths = new PathTree()
  const told = [...files].map(([path, bytes]) => ({ node: paths.add(path), bytes }))
  const kind = new Uint8Array(paths.size).fill(kinds.folder)
  const bytes = new Float64Array(paths.size)
  for (const file of told) {
    kind[file.node] = kinds.file
    bytes[file.node] = file.bytes
  }
  for (let node = paths.size - 1; node > 0; node--) {
    const folder = paths.parent(node)
    bytes[folder] = (bytes[folder] ?? 0) + (bytes[node] ?? 0)
  }
  return { paths, kinds: kind, bytes, unlisted: () => 0 }
}

/** What a report of the same files tells, of an image that hides as many bytes beside them. */
export function storedTree(files: Files, hidden = 0): SizeTree {
  return reportTree(listed(plainTree(files), hidden))
}

function listed({ paths, kinds: kind, bytes }: SizeTree, hidden: number): Pick<Report, 'size' | 'folders' | 'files'> {
  const total = (bytes[0] ?? 0) + hidden
  const nodes = [...bytes.keys()].filter(node => (bytes[node] ?? 0) > 0 && (bytes[node] ?? 0) * 1000 >= total)
  const row = (node: number) => ({ path: paths.path(node), bytes: bytes[node] ?? 0 })
  return {
    size: { files: total, unpacked: total, stored: null, hidden },
    folders: nodes.filter(node => kind[node] === kinds.folder).map(node => ({ ...row(node), count: 1 })),
    files: nodes.filter(node => kind[node] === kinds.file).map(row),
  }
}
