import type { Evidence } from '../evidence/evidence.ts'
import type { Package } from '../evidence/owners.ts'
import type { EntryId } from '../image/filesystem.ts'
import { parentPath } from '../image/path.ts'
import { packageKey } from './dependents.ts'

export interface PackageFiles {
  readonly owner: Package
  /** Visible ones. */
  readonly entries: EntryId[]
}

/** By package: the visible files of each that is asked for, those without any included. */
export function packageFiles(
  { filesystem, owners }: Evidence,
  wanted: (owner: Package) => boolean,
): ReadonlyMap<string, PackageFiles> {
  const found = new Map<string, PackageFiles>()
  for (const owner of owners.packages()) {
    if (wanted(owner)) found.set(packageKey(owner), { owner, entries: [] })
  }
  if (found.size === 0) return found
  for (let id = 0; id < filesystem.count; id++) {
    if (!filesystem.visible(id)) continue
    const owner = owners.owner(id)
    // `/lib -> usr/lib`: each package with files below lists it as a folder, and it is nobody's.
    if (filesystem.kind(id) === 'symlink' && parentPath(filesystem.path(id)) === '/') continue
    if (owner !== undefined) found.get(packageKey(owner))?.entries.push(id)
  }
  return found
}
