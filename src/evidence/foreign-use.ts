import type { EntryId } from '../image/filesystem.ts'
import { cudaBinaries } from './cuda-binaries.ts'
import type { Evidence } from './evidence.ts'
import { linksOf } from './link/linked.ts'
import { loaderClauses } from './loader-clauses.ts'
import { unmetNames } from './unmet-names.ts'

/** Who outside of CUDA's own libraries and tools gets a file of theirs when it runs, as clauses. */
export interface ForeignUse {
  readonly loaded: readonly string[]
  /** By a name that stands in its data, by what nothing is known to load, or as it may be configured. */
  readonly named: readonly string[]
}

/** What the loader's own search says of one file of the toolkit. */
export function foreignUse(evidence: Evidence, inode: EntryId): ForeignUse {
  const links = linksOf(evidence)
  const own = cudaBinaries(evidence)
  const foreign = links.loadersOf(inode).filter(({ from }) => !own.has(from))
  const loaded = foreign.filter(({ reach }) => reach === 'loaded')
  const openers = links.openersOf(inode).filter(({ from, reach }) => reach !== 'alone' && !own.has(from))
  const named = [...foreign.filter(({ reach }) => reach !== 'loaded'), ...openers]
  const alone = links.loadersAlone(inode).filter(({ from }) => !own.has(from))
  const soname = evidence.filesystem.binary(inode)?.elf?.dynamic?.soname
  return {
    loaded: loaderClauses(evidence, loaded, 'loads it'),
    named: [
      ...loaderClauses(evidence, named, 'may open it'),
      ...loaderClauses(evidence, alone, 'would load it, if something loads that'),
      ...(soname === undefined ? [] : unmetNames(evidence, links, soname, from => !own.has(from))),
    ],
  }
}
