import { compareNames } from '../bytes/name.ts'
import { type BasePart, baseImage, tagOf } from '../evidence/base-family.ts'
import { cudaLibraries, type LibraryCopy } from '../evidence/cuda-libraries.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { proofsOf } from '../evidence/library-proof.ts'
import { type LibraryUser, libraryUsers } from '../evidence/library-users.ts'
import { type User, usersIn } from '../evidence/users.ts'
import type { Fix } from './rule.ts'

/** The smallest variant of nvidia/cuda that would do, as far as the image tells. */
export interface SmallerBase {
  /** `nvidia/cuda:12.4.1-base-ubuntu22.04` */
  readonly name: string
  /** What the image's own base has besides; empty where it is the smallest already. */
  readonly drops: ReadonlySet<BasePart>
  /** Whether environments bring CUDA's libraries themselves. */
  readonly bundled: boolean
  /** The system's libraries that something is known to load, where the smaller base is without them. */
  readonly needed: readonly LibraryCopy[]
  /** Who loads them. */
  readonly users: readonly LibraryUser[]
  /** Who compiles with nvcc when the image runs. */
  readonly compilers: readonly User[]
  /** What to install on the smaller base for both. */
  readonly packages: readonly string[]
}

/**
 * What to build FROM instead: `base` where PyTorch and its like bring the libraries, with the few of the system's that
 * something else loads installed by name; else the variant without what is for development. Undefined for other bases than
 * nvidia/cuda.
 */
export function smallerBase(evidence: Evidence): SmallerBase | undefined {
  if (known.has(evidence)) return known.get(evidence)
  const found = find(evidence)
  known.set(evidence, found)
  return found
}

const known = new WeakMap<Evidence, SmallerBase | undefined>()

function find(evidence: Evidence): SmallerBase | undefined {
  const { cuda } = baseImage(evidence)
  if (cuda === undefined) return undefined
  const { copies, hashed } = cudaLibraries(evidence)
  const bundled =
    hashed.length > 0 || copies.some(copy => copy.provider.environment !== undefined && core.has(copy.library))
  const drops = new Set<BasePart>()
  if (cuda.variant === 'devel') drops.add('devel')
  if (bundled && cuda.cudnn !== undefined) drops.add('cudnn')
  // TensorRT is to be had with runtime and devel only, and no framework brings it.
  if (bundled && cuda.variant !== 'base' && !cuda.tensorrt) drops.add('runtime')
  const loaded = loadedCopies(
    evidence,
    copies.filter(({ provider }) => provider.kind === 'toolkit' || provider.kind === 'system'),
  )
  const needed = loaded.map(({ copy }) => copy)
  const compilers = usersIn(evidence).of('nvcc')
  const variant = drops.has('runtime') ? 'base' : cuda.variant === 'devel' ? 'runtime' : cuda.variant
  return {
    name: tagOf({ ...cuda, variant, cudnn: drops.has('cudnn') ? undefined : cuda.cudnn }),
    drops,
    bundled,
    needed,
    users: [...new Map(loaded.flatMap(({ users }) => users).map(user => [user.because, user])).values()],
    compilers,
    packages: [
      ...(drops.has('runtime') ? ownersOf(needed) : []),
      ...(compilers.some(({ strength }) => strength === 'breaks')
        ? [`cuda-minimal-build-${dashed(cuda.release)}`]
        : []),
    ],
  }
}

/** Copies that a package is known to load, and those that the loader gets for something and would not find again. */
function loadedCopies(evidence: Evidence, copies: readonly LibraryCopy[]): Loaded[] {
  const known = copies.map(copy => ({
    copy,
    users: libraryUsers(evidence, copy.library, copy.owner).filter(isBroken),
  }))
  const rest = known.filter(({ users }) => users.length === 0).map(({ copy }) => copy)
  const kept = known.filter(({ users }) => users.length > 0)
  const proofs = proofsOf(
    evidence,
    rest,
    kept.map(({ copy }) => copy),
  )
  const linked = rest.flatMap(copy => {
    const { use, because } = proofs.get(evidence.filesystem.inode(copy.entry)) ?? { use: 'unread', because: [] }
    const [first] = because
    return use === 'loaded' && first !== undefined
      ? [{ copy, users: [{ because: first, strength: 'breaks' as const, kind: 'known' as const }] }]
      : []
  })
  return [...kept, ...linked]
}

interface Loaded {
  readonly copy: LibraryCopy
  readonly users: readonly LibraryUser[]
}

/** What everything that computes on a GPU loads. */
const core: ReadonlySet<string> = new Set(['cudart', 'cublas'])

function isBroken({ strength }: LibraryUser): boolean {
  return strength === 'breaks'
}

function ownersOf(copies: readonly LibraryCopy[]): string[] {
  const names = new Set(copies.flatMap(({ owner }) => (owner?.manager === 'dpkg' ? [owner.name] : [])))
  return [...names].sort(compareNames)
}

/** `12-4` of `12.4.1`, as names of packages have it. */
function dashed(release: string | undefined): string {
  return release?.split('.').slice(0, 2).join('-') ?? 'X-Y'
}

/** The Dockerfile text of a smaller base; undefined where there is none. */
export function smallerFrom(evidence: Evidence): string | undefined {
  const smaller = smallerBase(evidence)
  if (smaller === undefined || smaller.drops.size === 0) return undefined
  const { name, packages } = smaller
  if (packages.length === 0) return `FROM ${name}`
  return `FROM ${name}\nRUN apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`
}

/** The fix of what came with FROM, where it is known which other base would do; `otherwise` where it is not. */
export function smallerFix(evidence: Evidence, fix: Fix, otherwise = fix.after): Fix {
  if (fix.id !== 'other-base') return fix
  const after = smallerFrom(evidence)
  if (after !== undefined) return { ...fix, id: 'smaller-base', after }
  return otherwise === undefined ? fix : { ...fix, after: otherwise }
}
