import type { Evidence } from '../evidence/evidence.ts'
import type { EntryId } from '../image/filesystem.ts'
import { NamePattern, nodesLike } from '../image/name-pattern.ts'
import { baseName, parentPath } from '../image/path.ts'
import { normalizedName } from '../probe/pip-metadata.ts'
import { endWith } from './amend.ts'
import { instruction } from './claims.ts'
import { contentsOf, filesAt } from './contents.ts'
import { commandOf, copyOf, shellWords } from './dockerfile.ts'
import { type Leftovers, leftoverFindings } from './leftovers.ts'
import type { Rule } from './rule.ts'
import { startNames } from './start.ts'

const rule: Rule = {
  id: 'wheels-left',
  title: 'Wheels, packages and installers left behind',
  guide: { section: 4, title: 'Layer Optimization Checklist' },
  help: `
Why: A wheel, a .deb, a CUDA .run or a Miniconda installer is the packed copy of what was installed from it. Copied in by
COPY it stays in that layer for good: pip install /wheels/* && rm -rf /wheels in the next RUN hides it and frees nothing,
although the guide's own example does that.

Fix: Bind it for the one RUN that installs from it, so that it is in no layer:
RUN --mount=type=bind,from=builder,source=/wheels,target=/wheels pip install --no-cache-dir --no-index
--find-links=/wheels /wheels/*. What a RUN downloads itself, that RUN deletes.

Keep: When containers install from it while they run: what the image starts names the folder. Wheels that belong to a
package (ensurepip's, virtualenv's, Debian's python-wheels) are no leftovers and are not counted.`,

  *check(evidence) {
    yield* leftoverFindings(evidence, leftovers(evidence))
  },
}

/** What was found, and how sure it is that nothing reads it again. */
interface Found {
  readonly what: string
  readonly at: string
  readonly entries: readonly EntryId[]
  readonly reason: string
  readonly sure: boolean
}

function* leftovers(evidence: Evidence): Iterable<Leftovers> {
  const { config } = evidence.image
  for (const { what, at, entries, reason, sure } of [...archives(evidence), ...pipFolders(evidence)]) {
    const named = startNames(config, at)
    yield {
      what,
      at: [at],
      entries,
      verdict: named ? 'keep' : sure ? 'safe' : 'check',
      because: [named ? `the image's start command or environment names ${at}` : reason],
      fix: (written, layer, places) => fixOf(evidence, written, layer, places),
    }
  }
}

function fixOf(evidence: Evidence, written: string | undefined, layer: number, at: readonly string[]) {
  const copy = copyOf(written)
  if (copy === undefined) return { id: 'one-run', after: endWith(written, `rm -rf ${shellWords(at)}`) }
  const runs = at.map(place => {
    const source = sourceOf(copy, place)
    // Builders record no --from: a relative source comes from the context, an absolute one most likely from another stage.
    const from = source.startsWith('/') ? 'from=builder,' : ''
    return `RUN --mount=type=bind,${from}source=${source},target=${place} ${usedBy(evidence, layer, place)}`
  })
  return { id: 'bind-mount', after: runs.join('\n') }
}

/** What a COPY made into a path: `left/wheels` of `COPY left /tmp` for /tmp/wheels. */
function sourceOf({ sources, target }: NonNullable<ReturnType<typeof copyOf>>, at: string): string {
  const same = sources.find(source => baseName(source) === baseName(at))
  if (same !== undefined) return same
  const [source = '<folder>'] = sources
  const below = at.startsWith(`${target}/`) ? at.slice(target.length) : ''
  return source === '.' ? below.slice(1) || '.' : `${source.replace(/\/$/, '')}${below}`
}

/** The command of a later layer that installs from a folder, without its deletion. */
function usedBy(evidence: Evidence, layer: number, at: string): string {
  for (let later = layer + 1; later < evidence.image.layers.length; later++) {
    const steps = commandOf(instruction(evidence, later))?.split(/\s+&&\s+/) ?? []
    const used = steps.filter(step => !(/^rm\s/.test(step) && step.includes(at)))
    if (used.some(step => step.includes(at))) return used.join(' && ')
  }
  return '…'
}

/** Archives by their name, in one pass over all paths. */
function archives(evidence: Evidence): Iterable<Found> {
  const { filesystem } = evidence
  const { tree } = filesystem
  const installed = installedWheels(evidence)
  const byFolder = new Map<string, { path: string; kind: Kind }[]>()
  for (const node of nodesLike(tree, packed)) {
    const path = tree.path(node)
    const kind = kindOf(path)
    if (kind === undefined || !isLeft(path)) continue
    const folder = parentPath(path)
    const known = byFolder.get(folder)
    if (known === undefined) byFolder.set(folder, [{ path, kind }])
    else known.push({ path, kind })
  }
  return [...byFolder].flatMap(([folder, paths]) => {
    // A .tar.gz is a source distribution where it lies among wheels; anywhere else it may be data.
    const wheels = paths.some(({ kind }) => kind === 'wheels')
    const found = new Map<string, Found & { entries: EntryId[] }>()
    for (const { path, kind } of paths) {
      if (kind === 'source distributions' && !wheels) continue
      const entries = filesAt(filesystem, path).filter(
        entry => isUnowned(evidence, entry) && isLarge(evidence, entry, kind),
      )
      if (entries.length === 0) continue
      const { sure, reason } = judged(path, kind, wheels, installed)
      const at = kind === 'installers' || folder === '/' || isShared(folder) ? path : folder
      const key = `${kind} ${reason} ${at}`
      const known = found.get(key)
      if (known === undefined) found.set(key, { what: kind, at, entries, reason, sure })
      else for (const entry of entries) known.entries.push(entry)
    }
    return [...found.values()]
  })
}

type Kind = 'wheels' | 'source distributions' | 'installers' | 'packages'

/** Archives and installers, as far as the ends of their names tell. */
const packed = new NamePattern({ ends: ['.whl', '.deb', '.rpm', '.run', '.sh', '.tar.gz'] })

function kindOf(path: string): Kind | undefined {
  if (path.endsWith('.whl')) return 'wheels'
  if (path.endsWith('.deb') || path.endsWith('.rpm')) return 'packages'
  if (path.endsWith('.run'))
    return /^(?:cuda|nvidia|nsight|cudnn|tensorrt)[\w.-]*\.run$/i.test(baseName(path)) ? 'installers' : undefined
  if (path.endsWith('.sh'))
    return /^(?:miniconda|anaconda|miniforge|mambaforge)[\w.-]*\.sh$/i.test(baseName(path)) ? 'installers' : undefined
  if (path.endsWith('.tar.gz'))
    return /^[A-Za-z0-9][\w.]*-\d[\w.!+]*\.tar\.gz$/.test(baseName(path)) ? 'source distributions' : undefined
  return undefined
}

/** Places whose archives are another rule's, or in use: caches, apt's own, seeds of virtual environments. */
function isLeft(path: string): boolean {
  if (path.startsWith('/var/cache/') || path.startsWith('/usr/share/')) return false
  if (/\/(?:\.cache|ensurepip\/_bundled|virtualenv\/seed|pypoetry|python-wheels|pkgs|node_modules)\//.test(path))
    return false
  // pip's own cache of wheels, wherever PIP_CACHE_DIR put it.
  if (/\/wheels\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]+\/[^/]+$/.test(path)) return false
  // NVIDIA's images are made with this one, 4 kB that only name a signing key.
  return !/\/cuda-keyring_[^/]*_all\.deb$/.test(path)
}

// `cuda-repo-ubuntu2204-12-4-local` and its like install an archive of .debs, gigabytes, to install from.
const localRepository = /^\/var\/[^/]*(?:-local-repo-|-repo-[^/]*local)[^/]*\//

function isUnowned({ filesystem, owners }: Evidence, entry: EntryId): boolean {
  return owners.owner(entry) === undefined || localRepository.test(filesystem.path(entry))
}

/** A script that fetches Miniconda has the name of the installer too, and is small. */
function isLarge({ filesystem }: Evidence, entry: EntryId, kind: Kind): boolean {
  return kind !== 'installers' || filesystem.content(filesystem.inode(entry)) >= 1024 * 1024
}

function judged(path: string, kind: Kind, amongWheels: boolean, installed: ReadonlySet<string>) {
  if (localRepository.test(path)) {
    return {
      sure: false,
      reason: 'apt-get update in an image built on this one fails while its sources name this archive',
    }
  }
  if (kind === 'installers') return { sure: true, reason: 'what it installs is not read from it again' }
  const distribution = /^([A-Za-z0-9][\w.]*?)-(\d[^-]*?)(?:-.*\.whl|\.tar\.gz)$/.exec(baseName(path))
  const name = normalizedName(distribution?.[1] ?? '')
  if (installed.has(`${name} ${distribution?.[2]}`)) {
    return { sure: true, reason: 'what it holds is installed, in the same version' }
  }
  if (isLeftoverFolder(parentPath(path))) {
    const tool = kind === 'packages' ? 'its package manager' : 'pip'
    return { sure: true, reason: `${tool} installs from such a folder and does not read it again` }
  }
  return {
    sure: false,
    reason: amongWheels ? 'something may serve or install these wheels' : 'something may serve or install it',
  }
}

function isLeftoverFolder(folder: string): boolean {
  return (
    isShared(folder) ||
    /^(?:\.?wheels?|wheelhouse|debs?|rpms?)$/.test(baseName(folder)) ||
    /^\/(?:var\/)?tmp\//.test(folder)
  )
}

/** Folders that hold other things too. */
function isShared(folder: string): boolean {
  return /^\/(?:|tmp|var\/tmp|root|opt|home\/[^/]+)$/.test(folder)
}

/** `name version` of what pip and conda have installed. */
function installedWheels({ owners }: Evidence): ReadonlySet<string> {
  return new Set(
    owners
      .packages()
      .flatMap(({ manager, name, version }) =>
        manager === 'pip' || manager === 'conda' ? [`${normalizedName(name)} ${version}`] : [],
      ),
  )
}

// pip's _internal/utils/temp_dir.py: `pip-<kind>-<eight random characters>`.
const pipFolder =
  /^pip-(?:install|unpack|build|req-build|build-env|ephem-wheel-cache|wheel|wheels|download|metadata|modern-metadata|editable|target|uninstall|record|egg-info|standalone-pip|self-check|build-tracker|req-tracker|resolver|temp)-[a-z0-9_]{8}$/

/** Folders that pip makes for the time of one command, and leaves when it is killed. */
function* pipFolders({ filesystem }: Evidence): Iterable<Found> {
  for (const folder of ['/tmp', '/var/tmp']) {
    for (const path of filesystem.tree.children(folder)) {
      if (!pipFolder.test(baseName(path))) continue
      const entries = contentsOf(filesystem, path)
      const reason = 'pip makes such a folder for one command and never opens it again'
      if (entries.length > 0) yield { what: "pip's temporary files", at: path, entries, reason, sure: true }
    }
  }
}

export default rule
