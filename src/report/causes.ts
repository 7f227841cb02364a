import type { Evidence } from '../evidence/evidence.ts'
import { ByFolder } from '../image/by-folder.ts'
import type { EntryId } from '../image/filesystem.ts'
import type { Settlement } from '../savings/settle.ts'
import { byBytesThenName } from './order.ts'
import type { Report } from './schema.ts'

/** Every byte of the image by its one cause: the rule that claims it, else who owns it, else where it lies. */
export function causesOf(evidence: Evidence, { findings, taken }: Settlement): Report['causes'] {
  const { filesystem } = evidence
  const waste = new Map<string, number>()
  for (const { rule, saves } of findings) add(waste, rule.id, saves)
  const kept = new Map<string, number>()
  const places = new ByFolder(filesystem.tree, twoDeep)
  for (let inode = 0; inode < filesystem.count; inode++) {
    const bytes = filesystem.content(inode) - (taken[inode] ?? 0)
    if (bytes > 0) add(kept, keeper(evidence, inode, places), bytes)
  }
  const rows = [
    ...[...waste].map(([cause, bytes]) => ({ cause, kind: 'waste' as const, bytes })),
    ...[...kept].map(([cause, bytes]) => ({ cause, kind: 'kept' as const, bytes })),
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

/** `pip:torch` of the first name that somebody owns; `/opt/app`, the folder two levels deep, where nobody owns any. */
function keeper({ filesystem, owners }: Evidence, inode: EntryId, places: ByFolder<string>): string {
  const owner = owners.ownerOfContent(inode)
  if (owner !== undefined) return owner.key
  return places.around(filesystem.node(filesystem.nameOf(inode)))
}

/** `/opt/app` of `/opt/app/models/`, `/opt` of `/opt/`. */
function twoDeep(folder: string): string {
  const first = folder.indexOf('/', 1)
  const second = first === -1 ? -1 : folder.indexOf('/', first + 1)
  return second === -1 ? folder.slice(0, Math.max(1, first)) : folder.slice(0, second)
}

function add(sums: Map<string, number>, key: string, bytes: number): void {
  sums.set(key, (sums.get(key) ?? 0) + bytes)
}
