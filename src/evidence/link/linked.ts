import type { EntryId } from '../../image/filesystem.ts'
import type { Evidence } from '../evidence.ts'
import { unreadSparse } from './candidate.ts'
import { type Graph, graphOf } from './graph.ts'
import { unversioned } from './library-name.ts'
import type { LinkEdge, Links } from './links.ts'
import { linkNotices } from './notices.ts'

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
  const loaders = by(inUse, ({ to }) => to)
  const alone = by(
    needs.filter(({ reach }) => reach === 'alone'),
    ({ to }) => to,
  )
  const openers = by(opens, ({ to }) => to)
  const unmet = needs.filter(({ to }) => to === undefined)
  const { filesystem } = evidence
  let named: ReadonlyMap<string, readonly EntryId[]> | undefined
  return {
    loadersOf: inode => loaders.get(inode) ?? [],
    loadersAlone: inode => alone.get(inode) ?? [],
    openersOf: inode => openers.get(inode) ?? [],
    neededOf: inode => graph.edges.needsOf(inode),
    openedOf: inode => graph.edges.opensOf(inode),
    needersOf: name => unmet.filter(edge => edge.name === name),
    namedBy(name) {
      named ??= namesIn(evidence)
      const plain = unversioned(name)
      return [...(named.get(name) ?? []), ...(plain === name ? [] : (named.get(plain) ?? []))]
    },
    withSoname(soname) {
      return graph.files.flatMap(({ inode, elf }) => (elf.dynamic?.soname === soname ? [inode] : []))
    },
    rootKind: inode => (graph.programs.has(inode) ? 'program' : graph.modules.has(inode) ? 'module' : undefined),
    startLoads: inode => graph.started.has(inode),
    unresolved: unmet.filter(({ reach }) => reach !== 'alone'),
    notices: linkNotices(evidence, graph),
    unread: [
      ...[...filesystem.liveBinaries()].flatMap(([inode, { kind, elf, unread }]) => {
        return kind === 'elf' && elf?.dynamic === undefined && unread !== undefined ? [{ inode, why: unread }] : []
      }),
      ...unreadSparse(filesystem),
    ],
  }
}

function by(edges: readonly LinkEdge[], end: (edge: LinkEdge) => EntryId | undefined): Map<EntryId, LinkEdge[]> {
  const sorted = new Map<EntryId, LinkEdge[]>()
  for (const edge of edges) {
    const id = end(edge)
    if (id === undefined) continue
    const there = sorted.get(id)
    if (there === undefined) sorted.set(id, [edge])
    else there.push(edge)
  }
  return sorted
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
