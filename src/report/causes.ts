import type { Evidence } from '../evidence/evidence.ts'
import { ByFolder } from '../image/by-folder.ts'
import type { EntryId } from '../image/filesystem.ts'
import type { Settlement } from '../savings/settle.ts'
import { plus, type StoredBytes } from '../savings/stored-costs.ts'
import { byBytesThenName } from './order.ts'
import type { Report } from './schema.ts'

/** Every byte of the image by its one cause: the rule that claims it, else who owns it, else where it lies. */
export function causesOf(evidence: Evidence, { findings, taken, costs }: Settlement): Report['causes'] {
  const { filesystem } = evidence
  const waste = new Map<string, Sum>()
  for (const { rule, saves, stored } of findings) add(waste, rule.id, saves, stored.saves)
  const kept = new Map<string, Sum>()
  const keeper = keeperOf(evidence)
  for (let inode = 0; inode < filesystem.count; inode++) {
    const content = filesystem.content(inode)
    const from = taken[inode] ?? 0
    if (from < content) add(kept, keeper(inode), content - from, costs.part(inode, from, content))
  }
  const rows = [
    ...[...waste].map(([cause, sum]) => row(cause, 'waste', sum)),
    ...[...kept].map(([cause, sum]) => row(cause, 'kept', sum)),
  ]
  return rows
    .filter(row => row.bytes > 0)
    .sort(
      byBytesThenName(
        row => row.bytes,
        row => row.cause,
      ),
    )
}

/** Says why a content that no rule claims is there: `pip:torch` of the first name that somebody owns; `/opt/app`, the folder
 *  two levels deep, where nobody owns any. */
export function keeperOf({ filesystem, owners }: Evidence): (inode: EntryId) => string {
  const places = new ByFolder(filesystem.tree, twoDeep)
  return inode => owners.ownerOfContent(inode)?.key ?? places.around(filesystem.node(filesystem.nameOf(inode)))
}

/** `/opt/app` of `/opt/app/models/`, `/opt` of `/opt/`. */
export function twoDeep(folder: string): string {
  const first = folder.indexOf('/', 1)
  const second = first === -1 ? -1 : folder.indexOf('/', first + 1)
  return second === -1 ? folder.slice(0, Math.max(1, first)) : folder.slice(0, second)
}

interface Sum {
  readonly bytes: number
  readonly stored: StoredBytes
}

function row(cause: string, kind: 'waste' | 'kept', { bytes, stored }: Sum): Report['causes'][number] {
  return { cause, kind, bytes, stored: stored ?? null }
}

function add(sums: Map<string, Sum>, key: string, bytes: number, stored: StoredBytes): void {
  const before = sums.get(key)
  if (before === undefined) sums.set(key, { bytes, stored })
  else sums.set(key, { bytes: before.bytes + bytes, stored: plus(before.stored, stored) })
}
