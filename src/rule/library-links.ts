import type { LibraryCopy } from '../evidence/cuda-libraries.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { EntryId } from '../image/filesystem.ts'
import { linkPath, parentPath } from '../image/path.ts'
import { originLayer } from './claims.ts'

/** The symlinks beside a library, of the layer that wrote it, that lead to it: they lead nowhere once it is gone. */
export function linksTo(evidence: Evidence, { path, layer }: LibraryCopy): EntryId[] {
  const { filesystem } = evidence
  const stem = path.slice(0, path.indexOf('.so') + '.so'.length)
  const links = [...filesystem.tree.children(parentPath(path))].flatMap(sibling => {
    const id = sibling.startsWith(stem) ? filesystem.at(sibling) : undefined
    return id !== undefined && filesystem.kind(id) === 'symlink' && originLayer(evidence, id) === layer ? [id] : []
  })
  const leading = new Set([path])
  // `libx.so.12 -> libx.so.12.4 -> libx.so.12.4.5.8`: each round follows one link more.
  for (let size = 0; size !== leading.size; ) {
    size = leading.size
    for (const id of links) {
      const target = linkPath(filesystem.path(id), filesystem.target(id) ?? '')
      if (leading.has(target)) leading.add(filesystem.path(id))
    }
  }
  return links.filter(id => leading.has(filesystem.path(id)))
}
