import { compareNames } from '../bytes/name.ts'
import { cudaSource } from '../evidence/cuda-sources.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { foreignUse } from '../evidence/foreign-use.ts'
import { Root } from '../evidence/link/root.ts'
import { type Component, isToolkitPackage, type ToolkitFile, toolkitOf } from '../evidence/toolkit.ts'
import { type Need, type User, usersIn } from '../evidence/users.ts'
import type { EntryId } from '../image/filesystem.ts'
import { baseName } from '../image/path.ts'
import { judge, originLayer, withOlderCopies } from './claims.ts'
import { dependentsOf, packageKey } from './dependents.ts'
import { grouped } from './grouped.ts'
import { listed } from './leftovers.ts'
import { place } from './place.ts'
import type { Finding, Verdict } from './rule.ts'
import { smallerFix } from './smaller-base.ts'
import { startWords } from './start.ts'
import { stages, toolkitFix } from './toolkit-fix.ts'

/** What a rule says of one component of the toolkit. */
export interface ToolkitAdvice {
  readonly component: Component
  /** Begins a sentence: `Nsight profilers`. */
  readonly what: string
  /** Where nobody needs it. */
  readonly verdict: Verdict
  /** Why it can go, where nobody needs it. */
  readonly because: string
  /** Which needs hold which part. */
  readonly needs?: (file: ToolkitFile) => readonly Need[]
  /** What else the image itself tells of a use. */
  readonly also?: (evidence: Evidence, file: ToolkitFile) => Judged | undefined
  /** Whether packages that depend on the owner hold its files: not where they are of use to a compiler alone. */
  readonly dependents?: true
}

/** A verdict with the evidence for it, in words. */
export interface Judged {
  readonly verdict: Verdict
  readonly because: readonly string[]
}

/** One finding for each layer and verdict, base first: visible entries, with the older copies of their paths. */
export function* toolkitFindings(evidence: Evidence, advice: ToolkitAdvice): Iterable<Finding> {
  const files = toolkitOf(evidence).get(advice.component) ?? []
  if (files.length === 0) return
  const verdicts = new Verdicts(evidence, advice, files)
  const byLayer = grouped(files, ({ entry }) => originLayer(evidence, entry))
  for (const [layer, own] of [...byLayer].sort(([a], [b]) => a - b)) {
    for (const [verdict, group] of grouped(own, file => verdicts.of(file).verdict)) {
      yield findingOf(evidence, advice, layer, group, {
        verdict,
        because: [...new Set(group.flatMap(file => verdicts.of(file).because))],
      })
    }
  }
}

function findingOf(
  evidence: Evidence,
  { what }: ToolkitAdvice,
  layer: number,
  files: readonly ToolkitFile[],
  judged: Judged,
): Finding {
  const entries = files.map(({ entry }) => entry)
  const owners = [...new Set(files.flatMap(({ owner }) => (owner === undefined ? [] : [owner.name])))].sort(
    compareNames,
  )
  const by = owners.length === 0 ? 'of no package' : `of ${listed(owners)}`
  const fix = toolkitFix(evidence, layer, files, judged.verdict)
  const settled = judge(evidence, layer, { ...judged, fix })
  return {
    ...settled,
    fix: smallerFix(evidence, settled.fix, stages),
    message: `${what} in layer ${layer}, ${by}: ${place(evidence, entries)}`,
    claims: entries.flatMap(entry => withOlderCopies(evidence, entry)).map(entry => ({ entry })),
  }
}

/** Loaders that a finding names of each file. */
const mostLoaders = 3

/** What nvcc, and what it calls, reads. */
const compiling: ReadonlySet<Component> = new Set(['toolchain', 'headers', 'static-libs'])

const caution: Readonly<Record<Verdict, number>> = { safe: 0, check: 1, keep: 2 }

/** What is known of each part, worked out once for all files that share it. */
class Verdicts {
  readonly #evidence: Evidence
  readonly #advice: ToolkitAdvice
  readonly #started: string | undefined
  readonly #known = new Map<string, Judged>()
  readonly #dependents: ReadonlyMap<string, ReadonlySet<string>>
  /** `TRITON_PTXAS_PATH=/usr/local/cuda/bin/ptxas`, by the file that it leads to. */
  readonly #variables: ReadonlyMap<EntryId, string>

  constructor(evidence: Evidence, advice: ToolkitAdvice, files: readonly ToolkitFile[]) {
    this.#evidence = evidence
    this.#advice = advice
    this.#started = startedProgram(evidence, files)
    this.#variables = variablesOf(evidence)
    this.#dependents = advice.dependents === undefined ? new Map() : dependentsOf(evidence)
  }

  of(file: ToolkitFile): Judged {
    const key = `${file.use} ${file.owner === undefined ? '' : packageKey(file.owner)}`
    const known = this.#known.get(key) ?? this.#judge(file)
    this.#known.set(key, known)
    const others = [this.#advice.also?.(this.#evidence, file), this.#loaders(file), this.#named(file)]
    return others.reduce<Judged>((most, other) => {
      return other === undefined || caution[other.verdict] <= caution[most.verdict] ? most : other
    }, known)
  }

  /** What the loader would make of a library here. */
  #loaders({ entry }: ToolkitFile): Judged | undefined {
    const { filesystem } = this.#evidence
    const inode = filesystem.inode(entry)
    if (filesystem.binary(inode)?.elf?.type !== 'shared') return undefined
    const { loaded, named } = foreignUse(this.#evidence, inode)
    if (loaded.length > 0) return { verdict: 'keep', because: loaded.slice(0, mostLoaders) }
    return named.length > 0 ? { verdict: 'check', because: named.slice(0, mostLoaders) } : undefined
  }

  /** What ENV leads to is somebody's on purpose: TRITON_PTXAS_PATH, CUDACXX, LD_PRELOAD. */
  #named({ entry }: ToolkitFile): Judged | undefined {
    const variable = this.#variables.get(this.#evidence.filesystem.inode(entry))
    return variable === undefined ? undefined : { verdict: 'check', because: [`ENV ${variable}`] }
  }

  #judge(file: ToolkitFile): Judged {
    if (this.#started !== undefined) return { verdict: 'keep', because: [`the image starts ${this.#started}`] }
    const users = this.#users(file)
    const breaks = users.filter(({ strength }) => strength === 'breaks')
    const dependents = this.#dependentsOf(file)
    if (breaks.length > 0 || dependents.length > 0) {
      return { verdict: 'keep', because: [...breaks.map(({ because }) => because), ...dependents] }
    }
    const { verdict, because } = this.#advice
    if (users.length > 0)
      return { verdict: 'check', because: users.map(user => `${user.because}; the rest of it works`) }
    const source = compiling.has(this.#advice.component) ? cudaSource(this.#evidence) : undefined
    if (source !== undefined && verdict === 'safe') {
      return { verdict: 'check', because: [`no package owns ${source}: a program may compile it as it starts`] }
    }
    return { verdict, because: [because] }
  }

  #users(file: ToolkitFile): User[] {
    const prefix = file.owner?.manager === 'conda' ? file.owner.root : undefined
    const users = usersIn(this.#evidence)
    return (this.#advice.needs?.(file) ?? []).flatMap(need => users.of(need, prefix))
  }

  /** Packages that are no part of the toolkit and say that they need this one when they run. */
  #dependentsOf({ owner }: ToolkitFile): string[] {
    if (owner?.manager !== 'dpkg' && owner?.manager !== 'rpm') return []
    return [...(this.#dependents.get(packageKey(owner)) ?? [])]
      .filter(name => !isToolkitPackage(owner.manager, name) && !/-(?:dev|devel|doc)$/.test(name))
      .map(name => `${name} depends on ${owner.name}`)
  }
}

function variablesOf({ image, filesystem }: Evidence): Map<EntryId, string> {
  const root = new Root(filesystem)
  const found = new Map<EntryId, string>()
  for (const [name, value] of image.config.env) {
    for (const path of value.split(/[=:,\s]+/)) {
      const file = path.startsWith('/') ? root.file(path) : undefined
      if (file !== undefined) found.set(file, `${name} names ${path}`)
    }
  }
  return found
}

/** The program among these files that ENTRYPOINT, CMD or HEALTHCHECK names. */
function startedProgram({ image, filesystem }: Evidence, files: readonly ToolkitFile[]): string | undefined {
  const words = new Set(startWords(image.config).map(baseName))
  for (const { entry } of files) {
    const path = filesystem.path(entry)
    if (words.has(baseName(path)) && /\/bin\/[^/]+$|\/(?:ncu|nsys)$/.test(path)) return baseName(path)
  }
  return undefined
}
