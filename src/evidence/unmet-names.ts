import type { EntryId } from '../image/filesystem.ts'
import type { Evidence } from './evidence.ts'
import type { Links, Reach } from './link/links.ts'
import { shownOwner } from './loader-clauses.ts'

/**
 * Who asks for a library by its name and finds none, as the image is configured: a script that sets LD_LIBRARY_PATH, or runs
 * ldconfig, would give it a copy. As clauses; `counts` says of which askers.
 */
export function unmetNames(
  evidence: Evidence,
  links: Links,
  soname: string,
  counts: (from: EntryId, reach: Reach) => boolean,
): string[] {
  const asking = links.needersOf(soname).filter(({ from, reach }) => counts(from, reach) && !finds(links, from, soname))
  const naming = links
    .namedBy(soname)
    .filter(inode => counts(inode, 'alone') && namesIt(evidence, inode, soname) && !finds(links, inode, soname))
  const askers = new Set(asking.map(({ from }) => from))
  return [
    ...[...askers].map(inode => `${shownOwner(evidence, inode)} needs ${soname}, and finds none ${configured}`),
    ...naming
      .filter(inode => !askers.has(inode))
      .map(inode => `${shownOwner(evidence, inode)} names ${soname} in its data, and finds none ${configured}`),
  ]
}

const configured = 'as the image is configured'

function finds(links: Links, from: EntryId, soname: string): boolean {
  return [...links.neededOf(from), ...links.openedOf(from)].some(({ name, to }) => name === soname && to !== undefined)
}

/** With its version: without one it is the file of that name alone that is opened. */
function namesIt({ filesystem }: Evidence, inode: EntryId, soname: string): boolean {
  return filesystem.binary(inode)?.names.includes(soname) === true
}
