import { compareNames } from '../bytes/name.ts'
import { none } from '../image/column.ts'
import { kinds, type SizeTree } from './size-tree.ts'
import { versionMasks } from './version-mask.ts'

/** The paths of two images side by side, as a tree of its own, in columns: a folder stands before what lies in it, the root
 *  first. Only in a folder that both have is it told what lies in it; paths of 0 bytes on both sides are left out. */
export interface Pairs {
  /** Node of the tree before; -1 where it does not list the path. */
  readonly before: number[]
  readonly after: number[]
  /** The most that the side may have there that does not list it. */
  readonly unlisted: number[]
  /** The pair around it; -1 for the root. */
  readonly folder: number[]
}

/** Pairs paths by their name, then what is left in a folder where only the version in the name is another. */
export function pairTrees(before: SizeTree, after: SizeTree): Pairs {
  const pairs: Pairs = { before: [0], after: [0], unlisted: [0], folder: [none] }
  for (let at = 0; at < pairs.folder.length; at++) {
    const old = pairs.before[at] ?? none
    const young = pairs.after[at] ?? none
    if (old === none || young === none || before.kinds[old] !== kinds.folder) continue
    const add = (left: number, right: number, unlisted: number) => {
      pairs.before.push(left)
      pairs.after.push(right)
      pairs.unlisted.push(unlisted)
      pairs.folder.push(at)
    }
    const gone = unmatched(before, old, after, young, (left, right) => {
      if ((before.bytes[left] ?? 0) > 0 || (after.bytes[right] ?? 0) > 0) add(left, right, 0)
    })
    const added = unmatched(after, young, before, old, () => {})
    pairVersions(gone, added, (left, right) => add(left.node, right.node, 0))
    for (const { node, unlisted } of gone) if (node !== none) add(node, none, unlisted)
    for (const { node, unlisted } of added) if (node !== none) add(none, node, unlisted)
  }
  return pairs
}

/** What one side has in a folder, and the other has not under this name. */
interface Unmatched {
  /** -1 when it is paired. */
  node: number
  readonly name: string
  readonly folder: boolean
  /** The most that the other side may have under this name. */
  readonly unlisted: number
}

function unmatched(
  tree: SizeTree,
  folder: number,
  other: SizeTree,
  otherFolder: number,
  matched: (node: number, otherNode: number) => void,
): Unmatched[] {
  const { names } = tree.paths
  const rest: Unmatched[] = []
  for (const node of tree.paths.childrenOf(folder)) {
    const kind = tree.kinds[node]
    if (kind === kinds.absent) continue
    const there = other.paths.child(otherFolder, names.bytes, names.start(node), names.end(node), false)
    const kindThere = there === none ? kinds.absent : other.kinds[there]
    if (kindThere === kind) matched(node, there)
    else if ((tree.bytes[node] ?? 0) > 0) {
      const unlisted = kindThere === kinds.absent ? other.unlisted(otherFolder) : 0
      rest.push({ node, name: names.text(node), folder: kind === kinds.folder, unlisted })
    }
  }
  return rest
}

/** Pairs in the order of their names, where as many are left on both sides: else nobody can tell which is which. */
function pairVersions(
  before: readonly Unmatched[],
  after: readonly Unmatched[],
  pair: (before: Unmatched, after: Unmatched) => void,
): void {
  if (before.length === 0 || after.length === 0) return
  for (const mask of versionMasks) {
    const young = byMask(after, mask)
    for (const [masked, olds] of byMask(before, mask)) {
      const youngs = young.get(masked)
      if (youngs?.length !== olds.length) continue
      for (const [at, old] of olds.entries()) {
        const other = youngs[at]
        if (other === undefined) continue
        pair(old, other)
        old.node = none
        other.node = none
      }
    }
  }
}

function byMask(items: readonly Unmatched[], mask: (name: string) => string): Map<string, Unmatched[]> {
  const masked = new Map<string, Unmatched[]>()
  for (const item of items) {
    if (item.node === none) continue
    const name = mask(item.name)
    if (name === item.name) continue
    const key = `${item.folder ? '/' : ''}${name}`
    const known = masked.get(key)
    if (known === undefined) masked.set(key, [item])
    else known.push(item)
  }
  for (const known of masked.values()) known.sort((a, b) => compareNames(a.name, b.name))
  return masked
}
