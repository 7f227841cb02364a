import type { Evidence } from '../../src/evidence/evidence.ts'
import type { EntryId } from '../../src/image/filesystem.ts'
import { parentPath } from '../../src/image/path.ts'
import type { Settlement } from '../../src/savings/settle.ts'
import type { Plant } from './waste.ts'

/** A plant, and which entries of the image are its own. */
export class Planted {
  readonly plant: Plant
  readonly #evidence: Evidence
  readonly #plain: ReadonlySet<string>
  readonly #patterns: readonly RegExp[]

  constructor(plant: Plant, evidence: Evidence) {
    this.plant = plant
    this.#evidence = evidence
    this.#plain = new Set(plant.paths.filter(path => !path.includes('*')))
    this.#patterns = plant.paths.filter(path => path.includes('*')).map(pattern)
  }

  get name(): string {
    const { rule, plant, layer, hidden } = this.plant
    return `${rule} ${layer} ${plant}${hidden ? ' (hidden)' : ''}`
  }

  has(entry: EntryId): boolean {
    const { filesystem } = this.#evidence
    if (filesystem.layerOf(entry) !== this.plant.layer || filesystem.isMarker(entry)) return false
    if (filesystem.live(entry) === this.plant.hidden) return false
    // Content with several names hangs on the first of them, whichever was planted.
    return filesystem.names(filesystem.inode(entry)).some(name => this.#covers(filesystem.path(name)))
  }

  #covers(path: string): boolean {
    if (this.#patterns.some(shape => shape.test(path))) return true
    for (let at = path; at !== '/' && at !== ''; at = parentPath(at)) if (this.#plain.has(at)) return true
    return false
  }

  /** What its rule claims of it, or with `keep` what it counts and leaves. */
  claimed({ findings }: Settlement, keep = false): number {
    const counted = new Map<EntryId, number>()
    for (const { rule, finding, gross } of findings) {
      if (rule.id !== this.plant.rule || (finding.verdict === 'keep') !== keep) continue
      gross.forEach((entry, bytes) => {
        if (this.has(entry)) counted.set(entry, bytes)
      })
    }
    return [...counted.values()].reduce((sum, bytes) => sum + bytes, 0)
  }
}

/** A shell pattern with globstar as an expression for paths at or below what it names. */
export function pattern(path: string): RegExp {
  const source = path
    .replace(/\/$/, '')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\/\*\*$/, '(?:/.*)?')
    .replace(/\*\*\/|\*(?!\))/g, star => (star === '*' ? '[^/]*' : '(?:.*/)?'))
  return new RegExp(`^${source}(?:/|$)`)
}
