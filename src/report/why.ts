import { compareNames } from '../bytes/name.ts'
import { ImgauditError } from '../error.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { linksOf } from '../evidence/link/linked.ts'
import type { LinkEdge } from '../evidence/link/links.ts'
import { Root } from '../evidence/link/root.ts'
import { RealFolders } from '../evidence/real-folder.ts'
import type { EntryId } from '../image/filesystem.ts'
import { baseName, cleanPath } from '../image/path.ts'
import { maskSecrets } from '../image/secret-text.ts'
import { instruction } from '../rule/claims.ts'
import type { Settlement } from '../savings/settle.ts'
import { binaryFacts } from './binary-facts.ts'
import type { Below, Copy, Explanation, Link, Taken } from './explanation.ts'
import { nearPaths } from './near-paths.ts'

/** Says of one path who brought it, who owns and loads it, and who claims it. Throws PATH_UNKNOWN. Pure. */
export function explainPath(evidence: Evidence, settlement: Settlement, asked: string): Explanation {
  const { filesystem, owners } = evidence
  const path = placeOf(evidence, cleanPath(asked))
  const copies = filesystem.copies(path)
  const shown = copies.find(id => filesystem.visible(id))
  const newest = shown ?? copies[0]
  const node = filesystem.tree.find(path)
  if (newest === undefined && (node === undefined || !filesystem.tree.hasChildren(node))) throw unknown(evidence, asked)
  const inode = newest === undefined ? undefined : filesystem.inode(newest)
  const kind = inode === undefined ? 'directory' : filesystem.kind(inode)
  const target = inode !== undefined && kind === 'symlink' ? filesystem.target(inode) : undefined
  const root = new Root(filesystem)
  const file = shown === undefined ? undefined : root.file(path)
  const owner = newest === undefined ? undefined : owners.owner(newest)
  const below = kind === 'directory' ? belowOf(evidence, path) : null
  return {
    path,
    kind,
    visible: shown !== undefined || (newest === undefined && below?.some(({ count }) => count > 0) === true),
    copies: kind === 'directory' ? [] : copies.map(id => copyOf(evidence, id)),
    link: target === undefined ? null : { target, ...behind(evidence, root, shown === undefined ? undefined : path) },
    names:
      newest === undefined ? [] : filesystem.names(newest).flatMap(id => (id === newest ? [] : [filesystem.path(id)])),
    owner: owner === undefined ? null : { package: owner.key, version: owner.version, root: owner.root },
    below,
    binary: binaryFacts(filesystem.binary(file ?? inode ?? -1)),
    ...linksOfFile(evidence, file, path),
    findings: takenFrom(
      evidence,
      settlement,
      new Set([...copies, ...under(evidence, path, kind), ...(file === undefined ? [] : [file])]),
    ),
  }
}

/** What a link leads to; nothing where the image does not show the link. */
function behind(
  evidence: Evidence,
  root: Root,
  path: string | undefined,
): { file: string | null; bytes: number | null } {
  const file = path === undefined ? undefined : root.file(path)
  if (file !== undefined) return { file: shownPath(evidence, file), bytes: evidence.filesystem.content(file) }
  const folder = path === undefined ? undefined : root.folder(path)
  return { file: folder === undefined ? null : evidence.filesystem.tree.path(folder.node), bytes: null }
}

/** Links of folders followed, where the path as it is written is nowhere. */
function placeOf({ filesystem }: Evidence, path: string): string {
  if (filesystem.tree.find(path) !== undefined) return path
  const folder = new RealFolders(filesystem, filesystem.layers.length - 1).realFolder(
    path.slice(0, path.lastIndexOf('/')),
  )
  return folder === undefined ? path : cleanPath(`${folder}/${baseName(path)}`)
}

function unknown({ filesystem }: Evidence, path: string): ImgauditError {
  const near = nearPaths(filesystem, cleanPath(path))
  const fix = near.length === 0 ? 'name a path as the container sees it' : `did you mean ${near.join(' or ')}?`
  return new ImgauditError('PATH_UNKNOWN', `no layer of the image has ${path}`, fix)
}

function copyOf(evidence: Evidence, id: EntryId): Copy {
  const { filesystem, base } = evidence
  const layer = filesystem.layerOf(id)
  const by = filesystem.hiddenBy(id)
  return {
    layer,
    createdBy: instruction(evidence, layer) ?? null,
    base: base[layer] ?? null,
    bytes: filesystem.content(filesystem.inode(id)),
    hiddenBy:
      by === undefined
        ? null
        : {
            layer: filesystem.layerOf(by),
            createdBy: instruction(evidence, filesystem.layerOf(by)) ?? null,
            replaced: filesystem.replaced(id),
          },
  }
}

/** Files, links and devices; folders hold no bytes. */
function belowOf(evidence: Evidence, path: string): Below[] {
  const { filesystem, base } = evidence
  const layers = new Map<number, { bytes: number; count: number; hidden: { bytes: number; count: number } }>()
  for (const id of filesystem.under(path)) {
    if (filesystem.kind(id) === 'directory') continue
    const layer = filesystem.layerOf(id)
    const sums = layers.get(layer) ?? { bytes: 0, count: 0, hidden: { bytes: 0, count: 0 } }
    layers.set(layer, sums)
    const sum = filesystem.visible(id) ? sums : sums.hidden
    sum.bytes += filesystem.content(id)
    sum.count++
  }
  return [...layers]
    .sort(([a], [b]) => b - a)
    .map(([layer, sum]) => ({
      layer,
      createdBy: instruction(evidence, layer) ?? null,
      base: base[layer] ?? null,
      ...sum,
    }))
}

function under({ filesystem }: Evidence, path: string, kind: Explanation['kind']): Iterable<EntryId> {
  return kind === 'directory' ? filesystem.under(path) : []
}

type FileLinks = Pick<Explanation, 'root' | 'started' | 'needs' | 'loadedBy' | 'namedBy' | 'rivals'>

function linksOfFile(evidence: Evidence, file: EntryId | undefined, path: string): FileLinks {
  if (file === undefined) return { root: null, started: false, needs: [], loadedBy: [], namedBy: [], rivals: [] }
  const links = linksOf(evidence)
  const loadersOf = (inode: EntryId) =>
    [...links.loadersOf(inode), ...links.loadersAlone(inode)].map(edge => linkOf(evidence, edge))
  const soname = evidence.filesystem.binary(file)?.elf?.dynamic?.soname
  const named = new Set([soname ?? '', baseName(path), ...namesOf(evidence, file)].flatMap(name => links.namedBy(name)))
  const rivals = soname === undefined ? [] : links.withSoname(soname).filter(inode => inode !== file)
  return {
    root: links.rootKind(file) ?? null,
    started: links.startLoads(file),
    needs: links.neededOf(file).map(edge => linkOf(evidence, edge)),
    loadedBy: loadersOf(file),
    namedBy: [...named].map(inode => shownPath(evidence, inode)).sort(compareNames),
    rivals: rivals.map(inode => ({ path: shownPath(evidence, inode), loadedBy: loadersOf(inode) })),
  }
}

function namesOf({ filesystem }: Evidence, inode: EntryId): string[] {
  return filesystem.names(inode).map(name => baseName(filesystem.path(name)))
}

function linkOf(evidence: Evidence, { from, name, to, rule, because, reach, expected }: LinkEdge): Link {
  const target = to === undefined ? null : shownPath(evidence, to)
  return { from: shownPath(evidence, from), name, to: target, rule, because, reach, fromHost: expected === true }
}

function shownPath({ filesystem }: Evidence, inode: EntryId): string {
  return filesystem.path(filesystem.nameOf(inode))
}

/** Bytes hang on one name of a content: that one counts for all of them. */
function takenFrom({ filesystem }: Evidence, { findings }: Settlement, entries: ReadonlySet<EntryId>): Taken[] {
  const contents = new Set([...entries].map(id => filesystem.inode(id)))
  return findings.flatMap(({ rule, finding, claims, gross }) => {
    let bytes = 0
    gross.forEach((name, held) => {
      if (contents.has(filesystem.inode(name))) bytes += held
    })
    if (bytes === 0 && !claims.some(({ entry }) => entries.has(entry))) return []
    const { verdict, message, fix } = finding
    return [{ rule: rule.id, verdict, message: maskSecrets(message), layer: fix.layer, bytes }]
  })
}
