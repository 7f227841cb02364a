import { compareNames } from '../bytes/name.ts'
import { baseImage } from '../evidence/base-family.ts'
import { cudaLibraries, type LibraryCopy } from '../evidence/cuda-libraries.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { libraryUsers } from '../evidence/library-users.ts'
import { packageGraphs } from '../evidence/package-graph.ts'
import { isToolkitPackage, toolkitOf } from '../evidence/toolkit.ts'
import { linkPath } from '../image/path.ts'
import { environmentOrder } from './environment.ts'
import { grouped } from './grouped.ts'
import type { Verdict } from './rule.ts'

/** A copy of a library that the image has elsewhere too, under the name by which programs ask for it. */
export interface Duplicate {
  readonly copy: LibraryCopy
  /** The copy that makes it one too many. */
  readonly stays: LibraryCopy
  /** All copies of the name, this one and the one that stays among them. */
  readonly all: readonly LibraryCopy[]
  readonly verdict: Verdict
  readonly because: string
  /** outside: the system's, where an environment brings its own. environment: of a second environment. toolkit: of a
   *  second toolkit. */
  readonly kind: 'outside' | 'environment' | 'toolkit'
}

/** CUDA libraries that stand at several places, by what may be one too many. */
export function libraryDuplicates(evidence: Evidence): Duplicate[] {
  const byName = grouped(duplicable(evidence), copy => copy.name)
  return [...byName.values()].flatMap(found => {
    const all = found.sort((a, b) => a.layer - b.layer || compareNames(a.path, b.path))
    const places = new Set(all.map(({ provider }) => `${provider.kind} ${provider.place} ${provider.package ?? ''}`))
    return places.size < 2 ? [] : [...duplicatesOf(evidence, all)]
  })
}

/** CUPTI, libnvvm and TensorRT's builder are other rules', and a wheel's CUPTI is torch's: `import torch` needs it. */
function duplicable(evidence: Evidence): LibraryCopy[] {
  const components = new Set([...toolkitOf(evidence).values()].flatMap(files => files.map(({ entry }) => entry)))
  return cudaLibraries(evidence).copies.filter(
    ({ library, entry }) => library !== 'cupti' && library !== 'nvvm' && !components.has(entry),
  )
}

function* duplicatesOf(evidence: Evidence, all: readonly LibraryCopy[]): Iterable<Duplicate> {
  const own = all.filter(({ provider }) => provider.environment !== undefined).sort(byEnvironment(evidence))
  const outside = all.filter(({ provider }) => provider.environment === undefined)
  const [first] = own
  if (first === undefined) {
    yield* toolkitsOf(evidence, outside)
    return
  }
  for (const copy of outside)
    yield { copy, stays: first, all, kind: 'outside', ...judgedOutside(evidence, copy, first) }
  for (const copy of own.slice(1)) {
    if (copy.provider.environment !== first.provider.environment) {
      yield {
        copy,
        stays: first,
        all,
        kind: 'environment',
        verdict: 'check',
        because: 'both environments bring their own: which one runs is for you to say',
      }
    } else if (copy.provider.kind !== first.provider.kind || copy.provider.package !== first.provider.package) {
      yield { copy, stays: first, all, kind: 'environment', ...judgedBeside(evidence, copy) }
    }
  }
}

function judgedOutside(evidence: Evidence, { library, owner, provider, layer }: LibraryCopy, stays: LibraryCopy) {
  const users = libraryUsers(evidence, library, owner)
  const needed = users.find(({ strength }) => strength === 'breaks')
  if (needed !== undefined) return { verdict: 'keep' as const, because: needed.because }
  if (baseImage(evidence).cuda?.parts.get(layer) === 'cudart') {
    return { verdict: 'keep' as const, because: 'every variant of nvidia/cuda has it; a plain distribution has not' }
  }
  const [some] = users
  if (some !== undefined) return { verdict: 'check' as const, because: some.because }
  const folder =
    provider.kind === 'folder'
      ? `somebody put them into ${provider.place}: what lies beside them may load them`
      : undefined
  const because = `${bringer(evidence, stays)}; what else links to these is not read here: code that you compiled, or that opens them by name, may`
  return { verdict: 'check' as const, because: folder ?? because }
}

/** Within one environment: a package that brings its own loads its own; conda's serve what conda built. */
function judgedBeside(evidence: Evidence, { provider, owner }: LibraryCopy) {
  if (provider.kind !== 'conda') {
    return { verdict: 'keep' as const, because: `${provider.package ?? 'a wheel'} loads the copy that lies beside it` }
  }
  const graph = packageGraphs(evidence).get(`conda ${provider.place}`)
  const user = owner === undefined ? undefined : needsOf(graph?.dependents(owner.name) ?? [])
  if (user !== undefined) return { verdict: 'keep' as const, because: `conda's ${user} needs conda's ${owner?.name}` }
  return {
    verdict: 'check' as const,
    because: 'no package of this prefix is recorded to need it, and what pip installed there brings its own',
  }
}

function needsOf(dependents: readonly string[]): string | undefined {
  return dependents.find(name => !isToolkitPackage('conda', name))
}

/** Who has copies of its own, as a clause: the framework that is installed in their environment. */
function bringer({ owners }: Evidence, { provider }: LibraryCopy): string {
  if (provider.kind === 'bundled') return `${provider.package} loads its own`
  const { environment = '/' } = provider
  const names = owners
    .packages()
    .filter(({ root, manager }) => (manager === 'pip' || manager === 'conda') && isIn(root, environment))
    .map(({ name }) => name)
  const framework = frameworks.find(name => names.includes(name))
  return framework === undefined ? `the environment in ${environment} brings its own` : `${framework} loads its own`
}

function isIn(root: string, environment: string): boolean {
  return root === environment || root.startsWith(environment === '/' ? '/' : `${environment}/`)
}

const frameworks = ['torch', 'pytorch', 'tensorflow', 'jax', 'jaxlib']

/** Of copies outside of environments all but those of one place: where /usr/local/cuda leads, else of the newest release. */
function* toolkitsOf(evidence: Evidence, all: readonly LibraryCopy[]): Iterable<Duplicate> {
  const current = currentToolkit(evidence)
  const [stays, ...others] = [...all].sort(
    (a, b) =>
      Number(b.provider.place === current) - Number(a.provider.place === current) ||
      compareVersions(b.version, a.version) ||
      compareNames(a.path, b.path),
  )
  if (stays === undefined) return
  for (const copy of others) {
    if (copy.provider.place === stays.provider.place) continue
    const users = libraryUsers(evidence, copy.library, copy.owner).filter(({ because }) =>
      because.includes('depends on'),
    )
    const [needed] = users
    yield {
      copy,
      stays,
      all,
      kind: 'toolkit',
      verdict: needed === undefined ? 'check' : 'keep',
      because:
        needed?.because ??
        `${stays.provider.place} has it too${stays.provider.place === current ? ', and /usr/local/cuda leads there' : ''}: what links to which is not read here`,
    }
  }
}

/** Where /usr/local/cuda leads: by way of /etc/alternatives, as NVIDIA's packages set it. */
function currentToolkit({ filesystem }: Evidence): string | undefined {
  let path = '/usr/local/cuda'
  for (let links = 0; links < 8; links++) {
    const id = filesystem.at(path)
    const target = id === undefined ? undefined : filesystem.target(filesystem.inode(id))
    if (target === undefined) return path
    path = linkPath(path, target)
  }
  return undefined
}

/** As the image would run them; of one environment NVIDIA's wheels, then what packages bundle, then conda's. */
function byEnvironment({ image }: Evidence): (a: LibraryCopy, b: LibraryCopy) => number {
  const order = environmentOrder(image.config.env)
  const at = ({ provider }: LibraryCopy) => order(provider.environment ?? '')
  return (a, b) =>
    at(a) - at(b) ||
    compareNames(a.provider.environment ?? '', b.provider.environment ?? '') ||
    kinds.indexOf(a.provider.kind) - kinds.indexOf(b.provider.kind) ||
    compareNames(a.path, b.path)
}

const kinds: readonly string[] = ['wheels', 'bundled', 'conda']

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map(version => version.split('.').map(Number))
  for (let at = 0; at < Math.max(left?.length ?? 0, right?.length ?? 0); at++) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
