import type { EntryId, Filesystem } from '../image/filesystem.ts'

/** Everything with content at and below a path, of every layer, hidden or not: what a finding about it claims. */
export function contentsOf(filesystem: Filesystem, path: string): EntryId[] {
  const entries: EntryId[] = []
  for (const entry of filesystem.copies(path)) if (isContent(filesystem, entry)) entries.push(entry)
  for (const entry of filesystem.under(path)) if (isContent(filesystem, entry)) entries.push(entry)
  return entries
}

/** Every file, link or symlink at a path itself, newest first. */
export function filesAt(filesystem: Filesystem, path: string): EntryId[] {
  return filesystem.copies(path).filter(entry => isContent(filesystem, entry))
}

function isContent(filesystem: Filesystem, entry: EntryId): boolean {
  const kind = filesystem.kind(entry)
  return kind === 'file' || kind === 'symlink' || kind === 'hardlink'
}
