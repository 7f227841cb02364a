import type { Filesystem } from '../image/filesystem.ts'
import { baseName } from '../image/path.ts'
import type { Evidence } from './evidence.ts'
import type { Package } from './owners.ts'
import { wanting } from './wanting.ts'
import { type Need, providers, type Strength, type Want, type Wanting } from './wants.ts'

export type { Need, Strength } from './wants.ts'

/** A package of this image that needs something when it runs. */
export interface User {
  readonly package: Package
  readonly need: Need
  readonly strength: Strength
  /** `deepspeed looks for nvcc when it is imported`. */
  readonly because: string
}

/** Who in an image wants what when it runs. */
export class Users {
  readonly #packages: readonly Package[]
  readonly #users: readonly User[]

  constructor({ filesystem, owners }: Evidence) {
    this.#packages = owners.packages()
    this.#users = this.#packages.flatMap(user =>
      wanting
        .filter(row => isMeant(row, user) && !bundles(filesystem, row, user))
        .flatMap(row => row.wants.filter(want => this.#holds(want, user)).flatMap(want => usersOf(user, want))),
    )
  }

  /**
   * Who needs it, from the copy that is asked about: the system's, or that of a conda environment, given by its prefix. A
   * package that finds a copy in its own environment does not need any other.
   */
  of(need: Need, prefix?: string): User[] {
    return this.#users.filter(user => user.need === need && this.#takesFrom(user, prefix))
  }

  #takesFrom({ package: user, need }: User, prefix: string | undefined): boolean {
    const provided = providers[need]
    const here = this.#beside(user)
    if (here.some(({ manager, name }) => manager === 'pip' && provided?.pip?.test(name))) return false
    if (prefix !== undefined) return isIn(user, prefix)
    return !here.some(({ manager, name }) => manager === 'conda' && provided?.conda?.test(name))
  }

  #holds({ unless, beside }: Want, user: Package): boolean {
    const has = (name: RegExp) => this.#beside(user).some(other => name.test(other.name))
    if (beside !== undefined && !has(beside)) return false
    return unless === undefined || !unless.every(has)
  }

  /** Packages of the same environment: of its site-packages, of the conda prefix that this is in, and the system's. */
  #beside(user: Package): Package[] {
    return this.#packages.filter(other =>
      other.manager === 'conda' ? isIn(user, other.root) : other.root === user.root || isIn(other, user.root),
    )
  }
}

/** The users of an image, worked out once. */
export function usersIn(evidence: Evidence): Users {
  const users = known.get(evidence) ?? new Users(evidence)
  known.set(evidence, users)
  return users
}

const known = new WeakMap<Evidence, Users>()

function usersOf(user: Package, { needs, strength, because }: Want): User[] {
  return needs.map(need => ({ package: user, need, strength, because: `${user.name} ${because}` }))
}

function isMeant({ names, managers = ['pip', 'conda'], version }: Wanting, user: Package): boolean {
  return names.test(user.name) && managers.includes(user.manager) && (version?.test(user.version) ?? true)
}

function bundles(filesystem: Filesystem, { bundles: own }: Wanting, { root }: Package): boolean {
  if (own === undefined) return false
  return [...filesystem.tree.children(`${root}/${own.folder}`)].some(
    path => own.name.test(baseName(path)) && filesystem.at(path) !== undefined,
  )
}

function isIn({ root }: Package, prefix: string): boolean {
  return root === prefix || root.startsWith(`${prefix === '/' ? '' : prefix}/`)
}
