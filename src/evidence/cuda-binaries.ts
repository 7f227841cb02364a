import type { EntryId } from '../image/filesystem.ts'
import { cudaLibraries } from './cuda-libraries.ts'
import type { Evidence } from './evidence.ts'
import { isToolkitPackage, toolkitEntries } from './toolkit.ts'

/** CUDA's own libraries and tools, by inode: what they load of each other is nobody's use of it. Worked out once. */
export function cudaBinaries(evidence: Evidence): ReadonlySet<EntryId> {
  const found = known.get(evidence) ?? find(evidence)
  known.set(evidence, found)
  return found
}

const known = new WeakMap<Evidence, ReadonlySet<EntryId>>()

function find(evidence: Evidence): ReadonlySet<EntryId> {
  const { filesystem, owners } = evidence
  const own = new Set(cudaLibraries(evidence).copies.map(({ entry }) => filesystem.inode(entry)))
  for (const entry of toolkitEntries(evidence)) own.add(filesystem.inode(entry))
  for (const [inode] of filesystem.liveBinaries()) {
    const owner = owners.ownerOfContent(inode)
    if (owner !== undefined && isToolkitPackage(owner.manager, owner.name)) own.add(inode)
  }
  return own
}
