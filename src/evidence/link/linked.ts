import type { EntryId } from '../../image/filesystem.ts'
import type { Evidence } from '../evidence.ts'
import { unreadSparse } from './candidate.ts'
import { type Graph, graphOf } from './graph.ts'
import { groupedBy } from './grouped-by.ts'
import { unversioned } from './library-name.ts'
import type { Links } from './links.ts'
import { linkNotices, stopped } from './notices.ts'

/** Who loads which file of the image. Worked out once. */
export function linksOf(evidence: Evidence): Links {
  const links = known.get(evidence) ?? linksFrom(evidence, graphOf(evidence))
  known.set(evidence, links)
  return links
}

/** What each ELF file would get for its NEEDED names, were these files gone. */
export function neededWithout(evidence: Evidence, files: ReadonlySet<EntryId>): Links['neededOf'] {
  const { edges } = graphOf(evidence, files)
  return inode => edges.needsOf(inode)
}

const known = new WeakMap<Evidence, Links>()

function linksFrom(evidence: Evidence, graph: Graph): Links {
  const { needs, opens } = graph.edges
  const inUse = needs.filter(({ reach }) => reach !== 'alone')
  const loaders = groupedBy(inUse, ({ to }) => to)
  const alone = groupedBy(
    needs.filter(({ reach }) => reach === 'alone'),
    ({ to }) => to,
  )
  const openers = groupedBy(opens, ({ to }) => to)
  const unmet = needs.filter(({ to }) => to === undefined)
  const needers = groupedBy(unmet, ({ name }) => name)
  const sonames = groupedBy(graph.files, ({ elf }) => elf.dynamic?.soname)
  const { filesystem } = evidence
  let named: ReadonlyMap<string, readonly EntryId[]> | undefined
  return {
    loadersOf: inode => loaders.get(inode) ?? [],
    loadersAlone: inode => alone.get(inode) ?? [],
    openersOf: inode => openers.get(inode) ?? [],
    neededOf: inode => graph.edges.needsOf(inode),
    openedOf: inode => graph.edges.opensOf(inode),
    needersOf: name => needers.get(name) ?? [],
    namedBy(name) {
      named ??= namesIn(evidence)
      const plain = unversioned(name)
      return [...(named.get(name) ?? []), ...(plain === name ? [] : (named.get(plain) ?? []))]
    },
    withSoname: soname => (sonames.get(soname) ?? []).map(({ inode }) => inode),
    rootKind: inode => (graph.programs.has(inode) ? 'program' : graph.modules.has(inode) ? 'module' : undefined),
    startLoads: inode => graph.started.has(inode),
    unresolved: unmet.filter(({ reach }) => reach !== 'alone'),
    notices: linkNotices(evidence, graph),
    unread: [
      ...[...filesystem.liveBinaries()].flatMap(([inode, { kind, elf, unread }]) => {
        return kind === 'elf' && elf?.dynamic === undefined && unread !== undefined ? [{ inode, why: unread }] : []
      }),
      ...unreadSparse(filesystem),
      ...(graph.stoppedAt === undefined ? [] : [{ inode: graph.stoppedAt, why: stopped }]),
    ],
  }
}

function namesIn({ filesystem }: Evidence): ReadonlyMap<string, readonly EntryId[]> {
  const found = new Map<string, EntryId[]>()
  for (const [inode, { names }] of filesystem.liveBinaries()) {
    for (const name of names) {
      const there = found.get(name)
      if (there === undefined) found.set(name, [inode])
      else there.push(inode)
    }
  }
  return found
}
