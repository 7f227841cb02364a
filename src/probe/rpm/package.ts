import { below } from '../below.ts'
import type { Budget } from '../budget.ts'
import { capabilities } from './capability.ts'
import { RpmHeader } from './header.ts'

/** What one header says: capabilities as rpm has them, not yet names of packages. */
export interface RpmFacts {
  readonly name: string
  readonly version: string
  readonly architecture: string
  readonly requires: readonly string[]
  readonly recommends: readonly string[]
  readonly provides: readonly string[]
  readonly paths: readonly string[]
}

// rpmtag.h
const tag = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  architecture: 1022,
  fileStates: 1029,
  fileModes: 1030,
  fileFlags: 1037,
  provides: 1047,
  requires: 1049,
  folderOfFile: 1116,
  baseNames: 1117,
  folders: 1118,
  recommends: 5046,
} as const

// rpmfiles.h: a ghost is owned but not brought; of the states, normal and shared over a network are there.
const ghost = 1 << 6
const states: ReadonlySet<number> = new Set([0, 3])
const typeOfFile = 0o170000
const directory = 0o040000

/** A package out of its header; undefined where the budget does not reach. Throws RangeError for what is no header. */
export function rpmPackage(blob: Uint8Array, budget: Budget): RpmFacts | undefined {
  const header = new RpmHeader(blob)
  const name = header.text(tag.name)
  const version = header.text(tag.version)
  if (name === '' || version === '') throw new RangeError('a header without a name or a version')
  const [epoch] = header.numbers(tag.epoch)
  const release = header.text(tag.release)
  const paths = pathsOf(header, budget)
  if (paths === undefined) return undefined
  const found = {
    name,
    version: `${epoch === undefined ? '' : `${epoch}:`}${version}${release === '' ? '' : `-${release}`}`,
    architecture: header.text(tag.architecture),
    requires: capabilities(header.texts(tag.requires)),
    recommends: capabilities(header.texts(tag.recommends)),
    provides: header.texts(tag.provides),
    paths,
  }
  const all = [[found.name, found.version], found.requires, found.recommends, found.provides]
  return all.every(names => names.every(one => budget.spend(one))) ? found : undefined
}

/** Files and symlinks that it brought; folders are shared. Undefined where the budget does not reach. */
function pathsOf(header: RpmHeader, budget: Budget): string[] | undefined {
  const names = header.texts(tag.baseNames)
  const folders = header.texts(tag.folders)
  const folderOf = header.numbers(tag.folderOfFile)
  const flags = header.numbers(tag.fileFlags)
  const modes = header.numbers(tag.fileModes)
  const state = header.numbers(tag.fileStates)
  if (folderOf.length !== names.length) throw new RangeError(`${names.length} files in ${folderOf.length} folders`)
  const paths: string[] = []
  for (const [at, name] of names.entries()) {
    const folder = folders[folderOf[at] ?? -1]
    if (folder === undefined) throw new RangeError(`a file in folder ${folderOf[at]} of ${folders.length}`)
    if (((modes[at] ?? 0) & typeOfFile) === directory) continue
    if (((flags[at] ?? 0) & ghost) !== 0 || !states.has(state[at] ?? 0)) continue
    const path = `${folder}${name}`
    // Before it is looked at: a folder's name can be as long as the header, and stand before each file's.
    if (!budget.spend(path)) return undefined
    paths.push(below('/', path))
  }
  return paths
}
