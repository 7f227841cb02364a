import type { EntryId, Filesystem } from '../image/filesystem.ts'
import { baseName, parentPath } from '../image/path.ts'
import type { PipRecord } from '../probe/package-record.ts'
import { normalizedName } from '../probe/pip-metadata.ts'
import { Diversions } from './diversions.ts'
import { type Standing, standingRecords } from './standing.ts'

/** Which package manager put a file there, in the order of precedence. */
export type Manager = 'dpkg' | 'rpm' | 'apk' | 'conda' | 'pip'

/** One package as one record has it, in the layers [from, to) as of which that record is visible. */
export interface Installed {
  readonly manager: Manager
  readonly name: string
  readonly version: string
  /** `/` for a distribution's packages, the prefix for conda's, the folder that holds `dist-info` for pip's. */
  readonly root: string
  readonly recordId: EntryId
  readonly from: number
  /** Infinity while it is visible. */
  to: number
  /** The layer that brought this version. */
  since: number
  /** Absolute, as written: folders among them can be symlinks. */
  readonly listed: readonly string[]
}

/** What every record of an image says is installed, in tar order, hidden records included. */
export function installedIn(filesystem: Filesystem): Installed[] {
  const records = standingRecords(filesystem)
  const versions = new DpkgVersions(records)
  const diversions = new Diversions(records)
  const found: Installed[] = []
  const known = new Map<string, Installed>()
  for (const record of records) {
    switch (record.is.kind) {
      case 'dpkg-list': {
        const run = versions.at(record.is.package, record.from)
        const { package: name, paths } = record.is
        const listed = diversions.where(paths, name, record.from, record.to)
        const { version = '', from: since = record.from } = run ?? {}
        found.push({ ...placed(record), manager: 'dpkg', name, version, root: '/', since, listed })
        break
      }
      case 'apk-installed':
      case 'rpm-database':
        // No spread: a hostile database has more packages than a call may have arguments.
        for (const added of databasePackages(record, record.is, known)) found.push(added)
        break
      case 'conda-package': {
        const root = parentPath(parentPath(record.path))
        const { name, version, paths: listed } = record.is
        found.push({ ...placed(record), manager: 'conda', name, version, root, listed })
        break
      }
      case 'pip-record': {
        const pip = pipPackage(filesystem, record, record.is)
        if (pip !== undefined) found.push(pip)
      }
    }
  }
  traceBack(filesystem, found)
  return found
}

function placed({ id, from, to }: Standing): Pick<Installed, 'recordId' | 'from' | 'to' | 'since'> {
  return { recordId: id, from, to, since: from }
}

interface Run {
  readonly version: string
  readonly from: number
  to: number
}

/** From which layer to which the status of dpkg has a version of a package: each apt-get writes the whole file anew. */
class DpkgVersions {
  readonly #runs = new Map<string, Run[]>()

  constructor(records: readonly Standing[]) {
    for (const { is, from, to } of records) {
      if (is.kind === 'dpkg-status') for (const { name, version } of is.packages) this.#add(name, version, from, to)
    }
  }

  at(name: string, layer: number): Run | undefined {
    return this.#runs.get(name)?.findLast(run => run.from <= layer && layer < run.to)
  }

  #add(name: string, version: string, from: number, to: number): void {
    const runs = this.#runs.get(name)
    const run = runs?.at(-1)
    if (run !== undefined && run.version === version && run.to >= from) run.to = Math.max(run.to, to)
    else if (run?.from === from)
      return // a second architecture, or a name twice: the first counts
    else if (runs !== undefined) runs.push({ version, from, to })
    else this.#runs.set(name, [{ version, from, to }])
  }
}

/** The packages of one state of a database that are new in it; the others live on in `known`. */
function databasePackages(
  record: Standing,
  is: Extract<Standing['is'], { kind: 'apk-installed' | 'rpm-database' }>,
  known: Map<string, Installed>,
): Installed[] {
  const manager = is.kind === 'rpm-database' ? 'rpm' : 'apk'
  const added: Installed[] = []
  for (const one of is.packages) {
    const { name, version, paths: listed } = one
    // rpm has kernels and what is for two architectures several times.
    const key = [manager, name, version, 'architecture' in one ? one.architecture : ''].join('\n')
    const before = known.get(key)
    if (before !== undefined && before.to >= record.from) {
      before.to = Math.max(before.to, record.to)
      continue
    }
    const installed: Installed = { ...placed(record), manager, name, version, root: '/', listed }
    known.set(key, installed)
    added.push(installed)
  }
  return added
}

// uv unpacks wheels to `archive-v0/<id>/`: with RECORD, but nothing is installed there.
const uvArchive = /\/archive-v\d+\/[^/]+\/[^/]+\.dist-info\/RECORD$/

/** A wheel or egg; none where conda says that it did the work, or where nothing was installed. */
function pipPackage(filesystem: Filesystem, record: Standing, is: PipRecord): Installed | undefined {
  if (uvArchive.test(record.path)) return undefined
  const folder = parentPath(record.path)
  const beside = (name: string) => {
    // uv links these to its cache: the record hangs on the first name of the content.
    const id = filesystem.at(`${folder}/${name}`, record.from)
    return id === undefined ? undefined : filesystem.record(filesystem.inode(id))
  }
  const installer = beside('INSTALLER')
  if (installer?.kind === 'pip-installer' && installer.installer === 'conda') return undefined
  const metadata = beside('METADATA') ?? beside('PKG-INFO')
  const { name, version } = metadata?.kind === 'pip-metadata' ? metadata : nameOf(baseName(folder))
  return {
    ...placed(record),
    manager: 'pip',
    name: normalizedName(name),
    version,
    root: parentPath(folder),
    listed: is.paths,
  }
}

/** `torch` and `2.4.0` of `torch-2.4.0.dist-info`, which has no hyphens but this one, and of `x-1.0-py3.11.egg-info`. */
function nameOf(folder: string): { name: string; version: string } {
  const [name = '', version = ''] = folder.replace(/\.(dist|egg)-info$/, '').split('-')
  return { name, version }
}

/** Looks through copies of a record that only a chown, chmod or touch (or a move of the same version) wrote. */
function traceBack(filesystem: Filesystem, found: readonly Installed[]): void {
  const byRecord = new Map<EntryId, Installed>()
  for (const installed of found) {
    const { manager, recordId, name, version, from } = installed
    if (manager !== 'conda' && manager !== 'pip') continue
    byRecord.set(recordId, installed)
    const older = filesystem.older(recordId)
    const before = older === undefined ? undefined : byRecord.get(older)
    if (before?.name === name && before.version === version && before.to === from) installed.since = before.since
  }
}
