import { sum } from '../bytes/sum.ts'
import type { Filesystem } from '../image/filesystem.ts'
import type { Evidence } from './evidence.ts'
import type { Installation, Owner, Owners, Package } from './owners.ts'

/** What a layer made of a package: the version that it has from there on, null where it has none any more. */
export interface PackageChange {
  readonly layer: number
  readonly version: string | null
}

/** A package with what all layers made of it. One that the final image has not is there too, with 0 live bytes. */
export interface PackageHistory extends Package {
  /** Bytes of this package, in whatever version, that layers hold and the final image does not show. */
  readonly hidden: number
  readonly history: readonly PackageChange[]
}

/** Every package that some layer had, by what its successive records say; several rows where several versions live. */
export function packageHistories({ filesystem, owners }: Evidence): PackageHistory[] {
  const hidden = hiddenBytes(filesystem, owners)
  const living = grouped(owners.packages())
  const rows: PackageHistory[] = []
  for (const [identity, installations] of grouped(owners.installations())) {
    const history = historyOf(installations)
    const known = living.get(identity) ?? gone(installations, history)
    // What is hidden of other versions goes with the newest.
    const newest = known.findLast(({ version }) => version === history.at(-1)?.version) ?? known.at(-1)
    const ofVersion = new Map(hidden.get(identity))
    for (const row of known) {
      const own = ofVersion.get(row.version) ?? 0
      ofVersion.delete(row.version)
      if (row !== newest) rows.push({ ...row, hidden: own, history })
      else ofVersion.set(row.version, own)
    }
    if (newest !== undefined) rows.push({ ...newest, hidden: sum(ofVersion.values()), history })
  }
  return rows
}

function grouped<Of extends Owner>(all: readonly Of[]): ReadonlyMap<string, readonly Of[]> {
  const groups = new Map<string, Of[]>()
  for (const one of all) {
    const group = groups.get(identityOf(one))
    if (group === undefined) groups.set(identityOf(one), [one])
    else group.push(one)
  }
  return groups
}

function identityOf({ key, root }: Owner): string {
  return `${key}\n${root}`
}

/** A package that the final image has not; none where nothing but a list without a version was ever there. */
function gone(installations: readonly Installation[], history: readonly PackageChange[]): Package[] {
  const last = history.findLast(({ version }) => version !== null)
  const [first] = installations
  if (first === undefined || last === undefined || history.at(-1)?.version !== null) return []
  const { key, manager, name, root } = first
  return [{ key, manager, name, root, version: last.version ?? '', bytes: 0, layer: last.layer }]
}

/** The version as of each layer that changes it. */
function historyOf(installations: readonly Installation[]): PackageChange[] {
  const layers = installations.flatMap(({ layer, upToLayer }) =>
    upToLayer === undefined ? [layer] : [layer, upToLayer + 1],
  )
  const changes: PackageChange[] = []
  for (const layer of [...new Set(layers)].sort((a, b) => a - b)) {
    const version = versionAt(installations, layer) ?? null
    const before = changes.at(-1)
    if (before === undefined ? version !== null : before.version !== version) changes.push({ layer, version })
  }
  return changes
}

function versionAt(installations: readonly Installation[], layer: number): string | undefined {
  let found: Installation | undefined
  for (const one of installations) {
    if (one.layer > layer || (one.upToLayer ?? Infinity) < layer) continue
    // What a removed package of dpkg's leaves is a list, of its configuration.
    if (one.manager === 'dpkg' && one.version === '') continue
    if (found === undefined || one.layer >= found.layer) found = one
  }
  return found?.version
}

/** Bytes of contents that the final image does not show, by package and version. */
function hiddenBytes(filesystem: Filesystem, owners: Owners): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const found = new Map<string, Map<string, number>>()
  for (let inode = 0; inode < filesystem.count; inode++) {
    const content = filesystem.content(inode)
    if (content === 0 || filesystem.live(inode)) continue
    const owner = owners.ownerOfContent(inode)
    if (owner === undefined) continue
    const identity = identityOf(owner)
    const versions = found.get(identity) ?? new Map<string, number>()
    found.set(identity, versions)
    versions.set(owner.version, (versions.get(owner.version) ?? 0) + content)
  }
  return found
}
