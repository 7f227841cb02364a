import { byBytesThenName } from '../report/order.ts'
import type { Report } from '../report/schema.ts'
import { grouped } from '../rule/grouped.ts'
import { byDifference } from './by-difference.ts'
import type { Comparison } from './schema.ts'
import { versionMasks } from './version-mask.ts'

type Package = Report['packages'][number]

/** Packages of which the version or the live bytes are others. With `unownedOf`, Σ difference = difference of all live bytes. */
export function packagesOf(before: Report['packages'], after: Report['packages']): Comparison['packages'] {
  const rows: Comparison['packages'] = []
  const old = byName(before)
  const young = byName(after)
  for (const name of new Set([...old.keys(), ...young.keys()])) {
    for (const [was, is] of paired(old.get(name) ?? [], young.get(name) ?? [])) rows.push(...row(was, is))
  }
  return rows.sort(byDifference(({ manager, name, root }) => `${manager}:${name} ${root}`))
}

/** Live bytes that no package owns, by folder two levels deep, where they are others. */
export function unownedOf(before: Report['unowned'], after: Report['unowned']): Comparison['unowned'] {
  const was = new Map(before.map(({ path, bytes }) => [path, bytes]))
  const is = new Map(after.map(({ path, bytes }) => [path, bytes]))
  return [...new Set([...was.keys(), ...is.keys()])]
    .map(path => ({ path, before: was.get(path) ?? 0, after: is.get(path) ?? 0 }))
    .map(sizes => ({ ...sizes, difference: sizes.after - sizes.before }))
    .filter(({ difference }) => difference !== 0)
    .sort(byDifference(({ path }) => path))
}

/** Those that the final image has: a report also lists what a layer removed. */
function byName(packages: Report['packages']): ReadonlyMap<string, readonly Package[]> {
  const installed = packages.filter(({ history }) => history.at(-1)?.version !== null)
  return grouped(installed, ({ manager, name }) => `${manager}:${name}`)
}

type Pair = readonly [was: Package | undefined, is: Package | undefined]

/** Which of one name is which: at the same root; where that differs in versions only, as /usr/lib/python3.11 does from
 *  python3.12; by size. */
function paired(before: readonly Package[], after: readonly Package[]): readonly Pair[] {
  const pairs: Pair[] = []
  let [old, young] = [sorted(before), sorted(after)]
  for (const likeness of likenesses) {
    if (old.length === 0 || young.length === 0) break
    // The first is taken from its end: a record of packages can have thousands of one name.
    const like = grouped(old.toReversed(), likeness)
    const taken = new Set<Package>()
    const left: Package[] = []
    for (const is of young) {
      const was = like.get(likeness(is))?.pop()
      if (was === undefined) left.push(is)
      else {
        pairs.push([was, is])
        taken.add(was)
      }
    }
    old = old.filter(other => !taken.has(other))
    young = left
  }
  return [...pairs, ...old.map(was => [was, undefined] as const), ...young.map(is => [undefined, is] as const)]
}

const likenesses: readonly ((one: Package) => string)[] = [
  ({ root, version }) => `${root}\n${version}`,
  ({ root }) => root,
  ...versionMasks.map(
    mask =>
      ({ root }: Package) =>
        mask(root),
  ),
  () => '',
]

function sorted(packages: readonly Package[]): Package[] {
  return packages.toSorted(
    byBytesThenName(
      ({ bytes }) => bytes,
      ({ root, version }) => `${root} ${version}`,
    ),
  )
}

function row(was: Package | undefined, is: Package | undefined): Comparison['packages'] {
  const one = is ?? was
  const bytes = { before: was?.bytes ?? 0, after: is?.bytes ?? 0 }
  if (one === undefined || (was?.version === is?.version && bytes.before === bytes.after)) return []
  const { manager, name, root } = one
  const versions = { before: was?.version ?? null, after: is?.version ?? null }
  return [{ manager, name, root, ...versions, bytes, difference: bytes.after - bytes.before }]
}
