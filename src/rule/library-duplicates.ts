import { compareNames } from '../bytes/name.ts'
import { baseImage } from '../evidence/base-family.ts'
import { cudaLibraries, type LibraryCopy } from '../evidence/cuda-libraries.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { type LibraryProof, proofsOf } from '../evidence/library-proof.ts'
import { libraryUsers } from '../evidence/library-users.ts'
import { packageGraphs } from '../evidence/package-graph.ts'
import { isToolkitPackage, toolkitEntries } from '../evidence/toolkit.ts'
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
  readonly because: readonly string[]
  /** outside: the system's, where an environment brings its own. environment: of a second environment. toolkit: of a
   *  second toolkit. */
  readonly kind: 'outside' | 'environment' | 'toolkit'
}

/** A copy that may be one too many. */
type Candidate = Omit<Duplicate, 'verdict' | 'because'>

type Judged = Pick<Duplicate, 'verdict' | 'because'>

/** CUDA libraries that stand at several places, by what may be one too many. */
export function libraryDuplicates(evidence: Evidence): Duplicate[] {
  const byName = grouped(duplicable(evidence), copy => copy.name)
  const candidates = [...byName.values()].flatMap(found => {
    const all = found.sort((a, b) => a.layer - b.layer || compareNames(a.path, b.path))
    const places = new Set(all.map(({ provider }) => `${provider.kind} ${provider.place} ${provider.package ?? ''}`))
    return places.size < 2 ? [] : [...candidatesOf(evidence, all)]
  })
  const known = new Map(candidates.map(candidate => [candidate.copy, judgedByPackages(evidence, candidate)]))
  const keep = (copy: LibraryCopy) => known.get(copy)?.verdict === 'keep'
  const searched = candidates.filter(({ kind }) => kind !== 'environment').map(({ copy }) => copy)
  const proofs = proofsOf(
    evidence,
    searched.filter(copy => !keep(copy)),
    searched.filter(keep),
  )
  return candidates.map(candidate => {
    const proof = proofs.get(evidence.filesystem.inode(candidate.copy.entry))
    const judged = known.get(candidate.copy) ?? judgedByLoader(evidence, candidate, proof)
    return { ...candidate, ...judged }
  })
}

/** CUPTI, libnvvm and TensorRT's builder are other rules', and a wheel's CUPTI is torch's: `import torch` needs it. */
function duplicable(evidence: Evidence): LibraryCopy[] {
  const components = toolkitEntries(evidence)
  return cudaLibraries(evidence).copies.filter(
    ({ library, entry }) => library !== 'cupti' && library !== 'nvvm' && !components.has(entry),
  )
}

function* candidatesOf(evidence: Evidence, all: readonly LibraryCopy[]): Iterable<Candidate> {
  const own = all.filter(({ provider }) => provider.environment !== undefined).sort(byEnvironment(evidence))
  const outside = all.filter(({ provider }) => provider.environment === undefined)
  const [first] = own
  if (first === undefined) {
    yield* toolkitsOf(evidence, outside)
    return
  }
  for (const copy of outside) yield { copy, stays: first, all, kind: 'outside' }
  for (const copy of own.slice(1)) {
    const other = copy.provider.environment !== first.provider.environment
    if (other || copy.provider.kind !== first.provider.kind || copy.provider.package !== first.provider.package)
      yield { copy, stays: first, all, kind: 'environment' }
  }
}

/** What packages and their records tell, whatever the loader finds; undefined where they tell nothing. */
function judgedByPackages(evidence: Evidence, { copy, stays, kind }: Candidate): Judged | undefined {
  if (kind === 'environment') {
    return copy.provider.environment === stays.provider.environment
      ? judgedBeside(evidence, copy)
      : { verdict: 'check', because: ['both environments bring their own: which one runs is for you to say'] }
  }
  const users = usersOf(evidence, copy, kind)
  const needed = users.find(({ strength }) => strength === 'breaks')
  if (needed !== undefined) return { verdict: 'keep', because: [needed.because] }
  if (kind === 'outside' && baseImage(evidence).cuda?.parts.get(copy.layer) === 'cudart')
    return { verdict: 'keep', because: ['every variant of nvidia/cuda has it; a plain distribution has not'] }
  return undefined
}

/** Of two toolkits one is as good as the other for what is only known to want some toolkit. */
function usersOf(evidence: Evidence, { library, owner }: LibraryCopy, kind: Candidate['kind']) {
  const users = libraryUsers(evidence, library, owner)
  return kind === 'toolkit' ? users.filter(user => user.kind === 'dependent') : users
}

/** What the loader's own search tells. */
function judgedByLoader(evidence: Evidence, { copy, stays, kind }: Candidate, proof: LibraryProof | undefined): Judged {
  const { use, because } = proof ?? { use: 'unread', because: [] }
  if (use === 'loaded') return { verdict: 'keep', because: because.slice(0, mostLoaders) }
  const who = kind === 'toolkit' ? toolkitThere(evidence, stays) : bringer(evidence, stays)
  const some = usersOf(evidence, copy, kind).map(user => user.because)
  const { kind: provided, place } = copy.provider
  const folder =
    provided === 'folder' ? [`somebody put it into ${place}: what opens it by its path is not seen here`] : []
  const doubts = [...some, ...folder, ...because.slice(0, mostLoaders)]
  if (doubts.length === 0 && kind === 'outside') return { verdict: 'safe', because: [who, ...unused] }
  return { verdict: 'check', because: [who, ...(doubts.length === 0 ? unused : doubts)] }
}

/** Loaders that a finding names of each copy. */
const mostLoaders = 3

const unused = [
  'nothing in this image gets this copy when the loader searches',
  'names that programs make up as they run are not seen',
]

/** Within one environment: a package that brings its own loads its own; conda's serve what conda built. */
function judgedBeside(evidence: Evidence, { provider, owner }: LibraryCopy): Judged {
  if (provider.kind !== 'conda') {
    return { verdict: 'keep', because: [`${provider.package ?? 'a wheel'} loads the copy that lies beside it`] }
  }
  const graph = packageGraphs(evidence).get(`conda ${provider.place}`)
  const user = owner === undefined ? undefined : needsOf(graph?.dependents(owner.name) ?? [])
  if (user !== undefined) return { verdict: 'keep', because: [`conda's ${user} needs conda's ${owner?.name}`] }
  return {
    verdict: 'check',
    because: ['no package of this prefix is recorded to need it, and what pip installed there brings its own'],
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
function* toolkitsOf(evidence: Evidence, all: readonly LibraryCopy[]): Iterable<Candidate> {
  const current = currentToolkit(evidence)
  const [stays, ...others] = [...all].sort(
    (a, b) =>
      Number(b.provider.place === current) - Number(a.provider.place === current) ||
      compareVersions(b.version, a.version) ||
      compareNames(a.path, b.path),
  )
  if (stays === undefined) return
  for (const copy of others)
    if (copy.provider.place !== stays.provider.place) yield { copy, stays, all, kind: 'toolkit' }
}

function toolkitThere(evidence: Evidence, { provider }: LibraryCopy): string {
  return `${provider.place} has it too${provider.place === currentToolkit(evidence) ? ', and /usr/local/cuda leads there' : ''}`
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
