import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Evidence } from '../../src/evidence/evidence.ts'
import { gather } from '../../src/evidence/gather.ts'
import type { EntryId } from '../../src/image/filesystem.ts'
import type { Image } from '../../src/image/image.ts'
import { makeReport } from '../../src/report/report.ts'
import { groups } from '../../src/rule/index.ts'
import type { Settlement } from '../../src/savings/settle.ts'
import { settle } from '../../src/savings/settle.ts'
import { openImage } from '../../src/source/index.ts'
import { expectBalanced } from '../balance.ts'
import { docker, withEngines } from './engines.ts'
import { openOptions } from './open-options.ts'
import { type Plant, plantsOf, wasteImage } from './waste.ts'

/** Rules whose findings say safe unless the image gives a reason not to. */
const safeRules = new Set([
  'pip-cache',
  'package-cache',
  'apt-lists',
  'apt-cache',
  'wheels-left',
  'installed-twice',
  'rewritten',
  'removed-later',
  'replaced-later',
])

await withEngines(['overlay2'], 'the image with one of every waste', engine => {
  const tag = 'imgaudit-waste:1'
  let image: Image
  let evidence: Evidence
  let settlement: Settlement
  let plants: Plant[]

  beforeAll(async () => {
    await wasteImage(engine, tag)
    plants = await plantsOf(engine, tag)
    image = await openImage(`docker:${tag}`, openOptions({ env: { DOCKER_HOST: engine.host } }))
    evidence = await gather(image)
    const candidates = groups.flatMap((rules, group) =>
      rules.flatMap(rule => [...rule.check(evidence)].map(finding => ({ rule, group, finding }))),
    )
    settlement = settle(evidence, candidates)
  })

  afterAll(() => image[Symbol.asyncDispose]())

  it('weighs what the engine says', async () => {
    const report = makeReport(evidence, settlement, '0', {})
    expectBalanced(report)
    expect(report.size.files).toBe(Number(await docker(engine, 'image', 'inspect', '-f', '{{.Size}}', tag)))
  })

  it('has a plant for every rule that claims bytes', () => {
    const planted = new Set(plants.map(plant => plant.rule))
    const claiming = groups.flat().filter(rule => rule.claimsNothing !== true)
    expect(claiming.map(rule => rule.id).filter(id => !planted.has(id) && !cudaRules.has(id))).toEqual([])
  })

  it('has every plant claimed by its rule, to the byte', () => {
    const rows = plants
      .filter(({ rule }) => rule !== null && rule !== 'secrets')
      .map(plant => ({ plant: name(plant), bytes: claimedIn(plant) }))
    expect(rows).toEqual(
      plants
        .filter(({ rule }) => rule !== null && rule !== 'secrets')
        .map(plant => ({ plant: name(plant), bytes: plant.bytes })),
    )
  })

  it('has every secret named, and no value', () => {
    const secrets = settlement.findings
      .filter(({ rule }) => rule.id === 'secrets')
      .map(({ finding }) => JSON.stringify(finding))
    for (const plant of plants.filter(({ rule }) => rule === 'secrets')) {
      for (const path of plant.paths)
        expect(
          secrets.some(text => text.includes(path)),
          path,
        ).toBe(true)
    }
  })

  it('claims no near miss', () => {
    // A cache can have both: what it shares with an environment, and what is its own.
    const any = plants.filter(({ rule }) => rule !== null)
    for (const plant of plants.filter(({ rule }) => rule === null)) {
      const claimed = settlement.findings
        .filter(({ finding, saves }) => finding.verdict === 'safe' && saves > 0)
        .filter(({ gross }) =>
          [...gross.keys()].some(entry => lies(plant, entry) && !any.some(other => lies(other, entry))),
        )
        .map(({ rule }) => rule.id)
      expect({ plant: name(plant), claimed }).toEqual({ plant: name(plant), claimed: [] })
    }
  })

  it('calls safe what was planted to be, and nothing else', () => {
    const { filesystem } = evidence
    const safe = new Set<EntryId>()
    for (const { finding, gross } of settlement.findings) {
      if (finding.verdict === 'safe') for (const entry of gross.keys()) safe.add(filesystem.inode(entry))
    }
    const plain = plants.filter(
      ({ rule, plant }) => rule !== null && safeRules.has(rule) && !plant.includes('second environment'),
    )
    const short = plain.filter(plant => {
      const bytes = [...safe].filter(id => lies(plant, id)).reduce((sum, id) => sum + filesystem.content(id), 0)
      return bytes < plant.bytes
    })
    expect(short.map(name)).toEqual([])
    const any = plants.filter(({ rule }) => rule !== null)
    const more = [...safe].filter(id => !any.some(plant => lies(plant, id)))
    expect(more.map(id => `${filesystem.layerOf(id)} ${filesystem.path(id)} ${filesystem.content(id)}`)).toEqual([])
  })

  /** What the plant's rule claims of it, by entry. */
  function claimedIn(plant: Plant): number {
    const counted = new Map<EntryId, number>()
    for (const { rule, gross } of settlement.findings) {
      if (rule.id !== plant.rule) continue
      for (const [entry, bytes] of gross) if (lies(plant, entry)) counted.set(entry, bytes)
    }
    return [...counted.values()].reduce((sum, bytes) => sum + bytes, 0)
  }

  function lies({ layer, paths, hidden }: Plant, entry: EntryId): boolean {
    const { filesystem } = evidence
    if (filesystem.layerOf(entry) !== layer || filesystem.isMarker(entry)) return false
    return filesystem.live(entry) !== hidden && paths.some(path => pattern(path).test(filesystem.path(entry)))
  }
})

/** Rules of the CUDA toolkit have an image of their own. */
const cudaRules = new Set([
  'nsight',
  'cupti',
  'cuda-debuggers',
  'cuda-headers',
  'cuda-static-libs',
  'cuda-toolchain',
  'tensorrt-builder',
  'cuda-duplicate',
  'build-tools',
  'base-image',
])

describe('patterns of plants', () => {
  it('take a path, what lies below it, and no other', () => {
    expect(['/a/b', '/a/b/c', '/a/bc', '/a'].map(path => pattern('/a/b').test(path))).toEqual([
      true,
      true,
      false,
      false,
    ])
    expect(['/a/x/t', '/a/x/y/t', '/a/t'].map(path => pattern('/a/**/t').test(path))).toEqual([true, true, true])
  })
})

const patterns = new Map<string, RegExp>()

/** A shell pattern with globstar as an expression for paths at or below what it names. */
function pattern(path: string): RegExp {
  const known = patterns.get(path)
  if (known !== undefined) return known
  const source = path
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\*/g, star => (star === '*' ? '[^/]*' : '(?:.*/)?'))
  const made = new RegExp(`^${source}(?:/|$)`)
  patterns.set(path, made)
  return made
}

function name({ rule, plant, layer, hidden }: Plant): string {
  return `${rule} ${layer} ${plant}${hidden ? ' (hidden)' : ''}`
}
