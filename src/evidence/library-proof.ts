import type { EntryId, Filesystem } from '../image/filesystem.ts'
import { parentPath } from '../image/path.ts'
import type { Binary } from '../probe/binary/binary.ts'
import { cudaBinaries } from './cuda-binaries.ts'
import type { LibraryCopy } from './cuda-libraries.ts'
import type { Evidence } from './evidence.ts'
import { linksOf, neededWithout } from './link/linked.ts'
import type { LinkEdge, Links, Reach } from './link/links.ts'
import { loaderClauses, shownOwner } from './loader-clauses.ts'
import { unmetNames } from './unmet-names.ts'

/** What the loader's own search says of a copy of a library that may be one too many. */
export interface LibraryProof {
  /**
   * loaded: something gets it, and nothing else once it is gone. chosen: something gets it because its folder comes first,
   * and would get another. named: what may open it by its name would get it. unsure: what nothing is known to load would
   * get it, something asks for its name and finds none, or there is a file that nobody could look into. unused: none of
   * these. unread: it is no ELF file itself.
   */
  readonly use: 'loaded' | 'chosen' | 'named' | 'unsure' | 'unused' | 'unread'
  /** As clauses, one for each loader, the strongest first; empty for `unused`. */
  readonly because: readonly string[]
}

/**
 * Judges copies that would all go at once, by the inode of each. What only these load among themselves goes with them; what
 * one that has to stay needs stays too. `kept` are those that stay for another reason.
 */
export function proofsOf(
  evidence: Evidence,
  copies: readonly LibraryCopy[],
  kept: readonly LibraryCopy[],
): ReadonlyMap<EntryId, LibraryProof> {
  const { filesystem } = evidence
  const inodeOf = ({ entry }: LibraryCopy) => filesystem.inode(entry)
  const going = new Set(copies.map(inodeOf))
  const proofs = new Map<EntryId, LibraryProof>()
  const links = linksOf(evidence)
  const staying = new Set(kept.map(inodeOf))
  for (let before = -1; before !== going.size; ) {
    before = going.size
    const open = [...going].map(inode => {
      return [inode, loadedBy(links, inode, going, staying).filter(edge => isOpen(edge, going))] as const
    })
    if (open.every(([, edges]) => edges.length === 0)) break
    const neededOf = neededWithout(evidence, going)
    for (const [inode, edges] of open) {
      const lost = edges.filter(edge => isLost(edge, links.neededOf(edge.from), neededOf(edge.from)))
      if (lost.length === 0) continue
      proofs.set(inode, { use: 'loaded', because: loaderClauses(evidence, lost, 'loads it') })
    }
    for (const inode of proofs.keys()) if (going.delete(inode)) staying.add(inode)
  }
  const unread = unreadOf(evidence, links)
  const own = cudaBinaries(evidence)
  let neededAfter: ReturnType<typeof neededWithout> | undefined
  const loses = (edge: LinkEdge) => {
    if (!isOpen(edge, going)) return false
    neededAfter ??= neededWithout(evidence, going)
    return isLost(edge, links.neededOf(edge.from), neededAfter(edge.from))
  }
  for (const inode of going) proofs.set(inode, proofOf(evidence, inode, { links, going, staying, own, unread, loses }))
  doubt(evidence, copies, kept, proofs)
  return proofs
}

/** What a copy gets or opens that may have to stay, or that stays, is not without use either. */
function doubt(
  evidence: Evidence,
  copies: readonly LibraryCopy[],
  kept: readonly LibraryCopy[],
  proofs: Map<EntryId, LibraryProof>,
): void {
  const { filesystem } = evidence
  const links = linksOf(evidence)
  for (let changed = true; changed; ) {
    changed = false
    for (const copy of copies) {
      const inode = filesystem.inode(copy.entry)
      if (proofs.get(inode)?.use !== 'unused') continue
      const isUsed = ({ from }: LinkEdge) => (proofs.get(from)?.use ?? 'unused') !== 'unused'
      const edges = [...links.loadersOf(inode), ...links.openersOf(inode), ...links.loadersAlone(inode)]
      const users = edges.filter(isUsed)
      // Copies of one folder have no path to it: what finds the first by LD_LIBRARY_PATH, finds the others.
      const needers = links.needersOf(sonameOf(filesystem, inode) ?? copy.name).filter(isUsed)
      const head = headOf(filesystem, [...copies, ...kept], copy)
      const use = head && (kept.includes(head) ? 'loaded' : proofs.get(filesystem.inode(head.entry))?.use)
      if (head !== undefined && use !== undefined && use !== 'unused') {
        const because = [`${head.path} opens it when it runs`]
        proofs.set(inode, { use: use === 'loaded' ? 'loaded' : 'named', because })
      } else if (users.length > 0) {
        proofs.set(inode, { use: 'named', because: loaderClauses(evidence, users, 'may get it') })
      } else if (needers.length > 0) {
        const because = needers.map(({ from }) => `${shownOwner(evidence, from)} needs it too`)
        proofs.set(inode, { use: 'named', because })
      } else continue
      changed = true
    }
  }
}

/** The library beside a copy that opens it by a name which it makes as it runs: cuDNN its parts, NVRTC its builtins. */
function headOf(
  filesystem: Filesystem,
  copies: readonly LibraryCopy[],
  { library, path }: LibraryCopy,
): LibraryCopy | undefined {
  const name = /^(cudnn|nvrtc|nvshmem|cufile|nvinfer)[-_]/.exec(library)?.[1]
  return copies.find(
    other => other.library === name && parentPath(other.path) === parentPath(path) && filesystem.visible(other.entry),
  )
}

interface Known {
  readonly links: Links
  readonly going: ReadonlySet<EntryId>
  readonly staying: ReadonlySet<EntryId>
  /** CUDA's own libraries and tools. */
  readonly own: ReadonlySet<EntryId>
  readonly unread: readonly string[]
  /** Whether an edge ends nowhere once all that goes is gone. */
  loses(edge: LinkEdge): boolean
}

function proofOf(evidence: Evidence, inode: EntryId, known: Known): LibraryProof {
  const { links, going, staying, own, unread } = known
  const binary: Binary | undefined = evidence.filesystem.binary(inode)
  if (binary?.elf?.dynamic === undefined)
    return { use: 'unread', because: ['it is no ELF file that could be read: what gets it is not known'] }
  const foreign = (edges: readonly LinkEdge[]) => edges.filter(({ from }) => !going.has(from))
  const loaders = loadedBy(links, inode, going, staying)
  if (loaders.length > 0)
    return { use: 'chosen', because: loaderClauses(evidence, loaders, 'loads it, and would find another') }
  const openers = foreign([...links.openersOf(inode), ...links.loadersOf(inode)])
  if (openers.length > 0) return { use: 'named', because: loaderClauses(evidence, openers, 'may open it') }
  // CUDA's own libraries load each other; one that nothing loads counts where it would find nothing instead.
  const alone = foreign(links.loadersAlone(inode)).filter(edge => !own.has(edge.from) || known.loses(edge))
  if (alone.length > 0)
    return { use: 'unsure', because: loaderClauses(evidence, alone, 'would load it, if something loads that') }
  const soname = sonameOf(evidence.filesystem, inode)
  const counts = (from: EntryId, reach: Reach) => !going.has(from) && (reach !== 'alone' || !own.has(from))
  const doubts = [...(soname === undefined ? [] : unmetNames(evidence, links, soname, counts)), ...unread]
  return doubts.length > 0 ? { use: 'unsure', because: doubts } : { use: 'unused', because: [] }
}

function sonameOf(filesystem: Filesystem, inode: EntryId): string | undefined {
  return filesystem.binary(inode)?.elf?.dynamic?.soname
}

/** Edges by which what stays gets a file: what is in use itself, and copies that have to stay. */
function loadedBy(
  links: Links,
  inode: EntryId,
  going: ReadonlySet<EntryId>,
  staying: ReadonlySet<EntryId>,
): readonly LinkEdge[] {
  const loaded = links.loadersOf(inode).filter(({ from, reach }) => reach === 'loaded' && !going.has(from))
  return [...loaded, ...links.loadersAlone(inode).filter(({ from }) => staying.has(from))]
}

/** Where its own RUNPATH leads to another one, a loader has that: the usual case, and no second walk for it. */
function isOpen({ instead }: LinkEdge, going: ReadonlySet<EntryId>): boolean {
  return instead === undefined || going.has(instead)
}

/** Whether a name gets nothing any more, in one process at least: a library may be loaded in several ways. */
function isLost({ name }: LinkEdge, before: readonly LinkEdge[], after: readonly LinkEdge[]): boolean {
  const found = after.some(edge => edge.name === name && edge.to !== undefined)
  const isUnmet = (edge: LinkEdge) => edge.name === name && edge.to === undefined && edge.reach !== 'alone'
  return !found || (after.some(isUnmet) && !before.some(isUnmet))
}

/** What could load 64-bit libraries for all that is known. */
function unreadOf({ filesystem }: Evidence, { unread }: Links): string[] {
  return unread
    .filter(({ inode }) => filesystem.binary(inode)?.is32Bit !== true)
    .map(({ inode, why }) => `${filesystem.path(filesystem.nameOf(inode))} ${why}: what it loads is not known`)
}
