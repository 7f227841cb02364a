import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Evidence } from '../../src/evidence/evidence.ts'
import { gather } from '../../src/evidence/gather.ts'
import type { EntryId } from '../../src/image/filesystem.ts'
import type { Image } from '../../src/image/image.ts'
import { makeReport } from '../../src/report/report.ts'
import { groups } from '../../src/rule/index.ts'
import { candidatesOf } from '../../src/savings/candidates.ts'
import { type Settlement, settle } from '../../src/savings/settle.ts'
import { openImage } from '../../src/source/index.ts'
import { expectBalanced } from '../balance.ts'
import { docker, withEngines } from './engines.ts'
import { openOptions } from './open-options.ts'
import { Planted, pattern } from './planted.ts'
import { plantsOf, wasteImage } from './waste.ts'

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
  let plants: Planted[]

  beforeAll(async () => {
    await wasteImage(engine, tag)
    image = await openImage(`docker:${tag}`, openOptions({ env: { DOCKER_HOST: engine.host } }))
    evidence = await gather(image)
    plants = (await plantsOf(engine, tag)).map(plant => new Planted(plant, evidence))
    settlement = settle(evidence, candidatesOf(evidence))
  })

  afterAll(() => image[Symbol.asyncDispose]())

  it('weighs what the engine says', async () => {
    const report = makeReport(evidence, settlement, '0')
    expectBalanced(report)
    expect(report.size.files).toBe(Number(await docker(engine, 'image', 'inspect', '-f', '{{.Size}}', tag)))
  })

  it('has a plant for every rule that claims bytes', () => {
    const planted = new Set(plants.map(({ plant }) => plant.rule))
    const claiming = groups.flat().filter(rule => rule.claimsNothing !== true)
    expect(claiming.map(rule => rule.id).filter(id => !planted.has(id) && !elsewhere.has(id))).toEqual([])
  })

  it('has every plant claimed by its rule, to the byte', () => {
    const real = plants.filter(({ plant }) => plant.rule !== null && plant.rule !== 'secrets')
    // Weights may be baked in on purpose: counted, and left.
    const rows = real.map(plant => `${plant.name}: ${plant.claimed(settlement, plant.plant.plant === 'in the hub')}`)
    expect(rows).toEqual(real.map(plant => `${plant.name}: ${plant.plant.bytes}`))
  })

  it('has every secret named, and no value', () => {
    const secrets = settlement.findings
      .filter(({ rule }) => rule.id === 'secrets')
      .map(({ finding }) => JSON.stringify(finding))
    const paths = plants.filter(({ plant }) => plant.rule === 'secrets').flatMap(({ plant }) => plant.paths)
    expect(paths.filter(path => !secrets.some(text => text.includes(path)))).toEqual([])
    expect(secrets.some(text => text.includes('DEPLOY_TOKEN'))).toBe(true)
    expect(secrets.some(text => text.includes('API_KEY'))).toBe(true)
    // All values that image.sh and waste.Dockerfile plant begin like this.
    expect(JSON.stringify(image.config.env.get('API_KEY'))).toContain('not-a-real-secret')
    expect(JSON.stringify(makeReport(evidence, settlement, '0'))).not.toContain('not-a-real-secret')
  })

  it('claims no near miss', () => {
    // A cache can have both: what it shares with an environment, and what is its own.
    const wasted = plants.filter(({ plant }) => plant.rule !== null)
    for (const near of plants.filter(({ plant }) => plant.rule === null)) {
      const claimed = settlement.findings
        .filter(({ finding, saves }) => finding.verdict === 'safe' && saves > 0)
        .filter(({ gross }) => gross.names.some(id => near.has(id) && !wasted.some(other => other.has(id))))
        .map(({ rule }) => rule.id)
      expect({ plant: near.name, claimed }).toEqual({ plant: near.name, claimed: [] })
    }
  })

  it('calls safe what was planted to be, and nothing else', () => {
    const { filesystem } = evidence
    const safe = new Set<EntryId>()
    for (const { finding, gross } of settlement.findings) {
      if (finding.verdict === 'safe') for (const entry of gross.names) safe.add(filesystem.inode(entry))
    }
    const plain = plants.filter(
      ({ plant }) => plant.rule !== null && safeRules.has(plant.rule) && !plant.plant.includes('second environment'),
    )
    const short = plain.filter(plant => {
      const bytes = [...safe].filter(id => plant.has(id)).reduce((sum, id) => sum + filesystem.content(id), 0)
      return bytes < plant.plant.bytes
    })
    expect(short.map(plant => plant.name)).toEqual([])
    const wasted = plants.filter(({ plant }) => plant.rule !== null)
    const more = [...safe].filter(id => !wasted.some(plant => plant.has(id)))
    expect(more.map(id => `${filesystem.layerOf(id)} ${filesystem.path(id)} ${filesystem.content(id)}`)).toEqual([])
  })
})

/** Rules about CUDA have an image of their own; of what strip takes there is strip to ask. */
const elsewhere = new Set([
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
  'unused-gpu-code',
  'debug-symbols',
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
