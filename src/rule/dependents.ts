import type { Evidence } from '../evidence/evidence.ts'
import type { Package } from '../evidence/owners.ts'
import { baseName, parentPath } from '../image/path.ts'
import type { RpmDatabase } from '../probe/package-record.ts'
import { normalizedName } from '../probe/pip-metadata.ts'

/** A package where it is installed: environments have packages of the same name. */
export function packageKey({ manager, name, root }: Pick<Package, 'manager' | 'name' | 'root'>): string {
  return `${manager} ${root} ${name}`
}

/** By package: the names of those that say that they need it, as far as records of pip, dpkg and rpm tell. */
export function dependentsOf({ filesystem }: Evidence): ReadonlyMap<string, ReadonlySet<string>> {
  const dependents = new Map<string, Set<string>>()
  const add = (manager: 'pip' | 'dpkg' | 'rpm', root: string, needed: string, by: string) => {
    const key = packageKey({ manager, root, name: needed })
    const known = dependents.get(key)
    if (known === undefined) dependents.set(key, new Set([by]))
    else known.add(by)
  }
  for (const layer of filesystem.layers) {
    const { from } = filesystem.range(layer.position)
    for (const [ordinal, record] of layer.index.facts.records) {
      const id = from + ordinal
      if (!filesystem.visible(id)) continue
      if (record.kind === 'pip-metadata' && baseName(filesystem.path(id)) === 'METADATA') {
        const root = parentPath(parentPath(filesystem.path(id)))
        for (const needed of record.requires) add('pip', root, needed, normalizedName(record.name))
      } else if (record.kind === 'dpkg-status') {
        for (const { name, depends } of record.packages) for (const needed of depends) add('dpkg', '/', needed, name)
      } else if (record.kind === 'rpm-database') {
        const providers = providersIn(record)
        for (const { name, depends } of record.packages)
          for (const needed of depends) for (const by of providers.get(needed) ?? []) add('rpm', '/', by, name)
      }
    }
  }
  return dependents
}

/** By name, and by what others ask for: the packages that have it. */
function providersIn({ packages }: RpmDatabase): ReadonlyMap<string, readonly string[]> {
  const providers = new Map<string, string[]>()
  for (const { name, provides = [] } of packages) {
    for (const one of [name, ...provides]) {
      const known = providers.get(one)
      if (known === undefined) providers.set(one, [name])
      else known.push(name)
    }
  }
  return providers
}
