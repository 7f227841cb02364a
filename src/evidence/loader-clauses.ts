import type { EntryId } from '../image/filesystem.ts'
import type { Evidence } from './evidence.ts'
import type { LinkEdge } from './link/links.ts'

/** `/usr/bin/x loads it: LD_LIBRARY_PATH has /usr/local/cuda/lib64`, each loader once. */
export function loaderClauses(evidence: Evidence, edges: readonly LinkEdge[], what: string): string[] {
  const seen = new Set<EntryId>()
  return edges.flatMap(({ from, because }) => {
    if (seen.has(from)) return []
    seen.add(from)
    return [`${shownOwner(evidence, from)} ${what}: ${because}`]
  })
}

/** `/usr/bin/x (dpkg:x)`. */
export function shownOwner({ filesystem, owners }: Evidence, inode: EntryId): string {
  const name = filesystem.nameOf(inode)
  const owner = owners.owner(name)
  return `${filesystem.path(name)}${owner === undefined ? '' : ` (${owner.key})`}`
}
