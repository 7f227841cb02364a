import { nearest } from '../bytes/nearest.ts'
import type { Filesystem } from '../image/filesystem.ts'
import { NamePattern, nodesLike } from '../image/name-pattern.ts'
import { baseName, parentPath } from '../image/path.ts'

/** Paths that somebody may have meant by one that is nowhere: files of its name elsewhere, else what lies next to it. */
export function nearPaths({ tree }: Filesystem, path: string): string[] {
  const name = baseName(path)
  if (name === '') return []
  const same = nodesLike(tree, new NamePattern({ ends: [name] })).filter(node => tree.name(node) === name)
  if (same.length > 0) return same.slice(0, 3).map(node => tree.path(node))
  let folder = parentPath(path)
  let missing = name
  while (folder !== '/' && tree.find(folder) === undefined) {
    missing = baseName(folder)
    folder = parentPath(folder)
  }
  const siblings = [...tree.children(folder)]
  const near = new Set(nearest(missing, siblings.map(baseName)))
  return siblings.filter(sibling => near.has(baseName(sibling))).slice(0, 3)
}
