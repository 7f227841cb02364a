import type { Evidence } from '../evidence/evidence.ts'
import type { EntryId } from '../image/filesystem.ts'

/** Where entries lie, for messages: `/wheels (12 files)`, `/app/model.bin`. */
export function place(evidence: Evidence, entries: readonly EntryId[]): string {
  const [first] = entries
  if (first === undefined) return 'nothing'
  if (entries.length === 1) return evidence.filesystem.path(first)
  return `${commonFolder(evidence, entries)} (${entries.length} files)`
}

/** `1 file`, `12 files`. */
export function files(count: number): string {
  return count === 1 ? '1 file' : `${count} files`
}

/** The deepest folder that holds all entries: `/` where they have nothing else in common. */
export function commonFolder({ filesystem }: Evidence, entries: readonly EntryId[]): string {
  const { tree } = filesystem
  let folder: number | undefined
  for (const entry of entries) {
    const own = tree.parent(filesystem.node(entry))
    folder = folder === undefined ? own : tree.common(folder, own)
  }
  return tree.path(Math.max(0, folder ?? 0))
}
