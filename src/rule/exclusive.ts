import type { Evidence } from '../evidence/evidence.ts'
import type { Owner } from '../evidence/owners.ts'
import { packageGraphs } from '../evidence/package-graph.ts'
import { listed } from './leftovers.ts'
import { type PackageFiles, packageFiles } from './package-files.ts'

/** The files of a package that is there for the sake of others. */
export interface Dependency extends PackageFiles {
  /** Why it goes with them, in words: one sentence for all of them. */
  readonly because: string
}

/** The dependencies of packages that go, where nothing that stays needs them: what apt's autoremove would take too. */
export function onlyFor(evidence: Evidence, going: readonly Owner[]): Dependency[] {
  const names = new Set(going.filter(({ manager }) => manager === 'dpkg').map(({ name }) => name))
  const graph = packageGraphs(evidence).get('dpkg /')
  if (names.size === 0 || graph === undefined) return []
  const exclusive = graph.exclusive(names)
  if (exclusive.size === 0) return []
  const because = `${listed([...exclusive].sort())} came for the sake of ${listed([...names].sort())}: nothing that stays depends on ${exclusive.size === 1 ? 'it, or recommends it' : 'them, or recommends them'}`
  const files = packageFiles(evidence, ({ manager, name }) => manager === 'dpkg' && exclusive.has(name))
  return [...files.values()].map(({ owner, entries }) => ({ owner, entries, because }))
}
