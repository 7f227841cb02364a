import { compareNames } from '../bytes/name.ts'
import type { EntryId } from '../image/filesystem.ts'
import type { Notice } from '../image/notice.ts'
import type { Evidence } from './evidence.ts'
import { unreadSparse } from './link/candidate.ts'

/** Names that a message has room for; `why` answers for the others. */
const mostNamed = 20

/** Files that the image shows and that nobody could look into, or not to the end: one notice for each reason. */
export function unreadBinaries({ filesystem }: Evidence): Notice[] {
  const byReason = new Map<string, string[]>()
  const add = (reason: string, inode: EntryId) => {
    const paths = byReason.get(reason) ?? []
    paths.push(filesystem.path(filesystem.nameOf(inode)))
    byReason.set(reason, paths)
  }
  for (const [inode, { unread }] of filesystem.liveBinaries()) if (unread !== undefined) add(unread, inode)
  for (const { inode, why } of unreadSparse(filesystem)) add(why, inode)
  return [...byReason].map(([reason, paths]) => ({
    code: 'binary-unread',
    message: `${subject(paths.sort(compareNames))} ${reason}: not all of what is in it and of what it loads is known`,
  }))
}

/** `/a`, `each of /a, /b and 3 more`. */
function subject(paths: readonly string[]): string {
  const left = paths.length - mostNamed
  const named = paths.slice(0, mostNamed).join(', ')
  if (paths.length === 1) return named
  return `each of ${named}${left > 0 ? ` and ${left.toLocaleString('en-US')} more` : ''}`
}
