import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Evidence } from '../../../src/evidence/evidence.ts'
import { gather } from '../../../src/evidence/gather.ts'
import type { EntryId } from '../../../src/image/filesystem.ts'
import type { Image } from '../../../src/image/image.ts'
import { parentPath } from '../../../src/image/path.ts'
import { groups } from '../../../src/rule/index.ts'
import { type Settlement, settle } from '../../../src/savings/settle.ts'
import { openImage } from '../../../src/source/index.ts'
import { docker, type Engine, script } from '../engines.ts'
import { openOptions } from '../open-options.ts'
import type { Plant } from '../waste.ts'

/** An image of nvidia-ml/image.sh: built the first time, then loaded. */
export type NvidiaImage = 'naive' | 'fixed' | 'distro' | 'conda'

/** What imgaudit says of an image, beside what was counted in the engine's own folders without it. */
export interface Audited {
  readonly tag: string
  readonly size: number // the engine's
  readonly image: Image
  readonly evidence: Evidence
  readonly settlement: Settlement
  readonly plants: readonly Planted[]
}

export async function audited(engine: Engine, name: NvidiaImage): Promise<Audited> {
  const tag = `imgaudit-nvidia-ml:${name}`
  const folder = await mkdtemp(join(tmpdir(), 'imgaudit-nvidia-ml-'))
  try {
    await script('nvidia-ml/image.sh', engine.host, name, tag, folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const plants = JSON.parse(await script('nvidia-ml/plants.sh', engine.host, name, tag)) as Plant[]
  const image = await openImage(`docker:${tag}`, openOptions({ env: { DOCKER_HOST: engine.host } }))
  const evidence = await gather(image)
  const candidates = groups.flatMap((rules, group) =>
    rules.flatMap(rule => [...rule.check(evidence)].map(finding => ({ rule, group, finding }))),
  )
  return {
    tag,
    size: Number(await docker(engine, 'image', 'inspect', '-f', '{{.Size}}', tag)),
    image,
    evidence,
    settlement: settle(evidence, candidates),
    plants: plants.map(plant => new Planted(plant, evidence)),
  }
}

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

  /** What its rule claims of it. */
  claimed({ findings }: Settlement): number {
    const counted = new Map<EntryId, number>()
    for (const { rule, finding, gross } of findings) {
      if (rule.id !== this.plant.rule || finding.verdict === 'keep') continue
      for (const [entry, bytes] of gross) if (this.has(entry)) counted.set(entry, bytes)
    }
    return [...counted.values()].reduce((sum, bytes) => sum + bytes, 0)
  }
}

/** A shell pattern with globstar as an expression for paths at or below what it names. */
function pattern(path: string): RegExp {
  const source = path
    .replace(/\/$/, '')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\/\*\*$/, '(?:/.*)?')
    .replace(/\*\*\/|\*(?!\))/g, star => (star === '*' ? '[^/]*' : '(?:.*/)?'))
  return new RegExp(`^${source}(?:/|$)`)
}
