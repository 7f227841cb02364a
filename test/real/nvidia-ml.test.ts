import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EntryId } from '../../src/image/filesystem.ts'
import { makeReport } from '../../src/report/report.ts'
import { expectBalanced } from '../balance.ts'
import { withEngines } from './engines.ts'
import { inside, missingIn, traceAll } from './inside.ts'
import { type Audited, audited, type NvidiaImage } from './nvidia-ml/audited.ts'

/** Rules whose findings say safe unless the image gives a reason not to. */
const safeRules = new Set([
  ...['pip-cache', 'package-cache', 'apt-lists', 'apt-cache', 'wheels-left'],
  ...['rewritten', 'removed-later', 'replaced-later'],
  ...['nsight', 'cupti', 'cuda-debuggers', 'cuda-headers', 'cuda-static-libs', 'cuda-toolchain', 'tensorrt-builder'],
])

/** What fixed.Dockerfile does: the base without CUDA, no toolkit, no compiler, no caches, no chown, nothing left behind. */
const fixes = new Set([...safeRules, 'cuda-duplicate', 'base-image', 'build-tools'])

await withEngines(['overlay2'], 'images as the guide has them', engine => {
  const names: readonly NvidiaImage[] = ['naive', 'fixed', 'distro', 'conda']
  const images = new Map<NvidiaImage, Audited>()

  function the(name: NvidiaImage): Audited {
    const known = images.get(name)
    if (known === undefined) throw new Error(`${name} was not built`)
    return known
  }

  beforeAll(async () => {
    for (const name of names) images.set(name, await audited(engine, name)) // they share downloads
  }, 1_500_000)

  afterAll(async () => {
    for (const { image } of images.values()) await image[Symbol.asyncDispose]()
  })

  describe.each(names)('%s', name => {
    it('weighs what the engine says', () => {
      const { evidence, settlement, size } = the(name)
      const report = makeReport(evidence, settlement, '0')
      expectBalanced(report)
      expect(report.size.files).toBe(size)
    })

    it('has every plant claimed by its rule, to the byte', () => {
      const { plants, settlement } = the(name)
      const real = plants.filter(({ plant }) => plant.rule !== null)
      expect(real.map(plant => `${plant.name}: ${plant.claimed(settlement)}`)).toEqual(
        real.map(plant => `${plant.name}: ${plant.plant.bytes}`),
      )
    })

    it('calls nothing else safe', () => {
      const { evidence, plants } = the(name)
      const { filesystem } = evidence
      const meant = plants.filter(({ plant }) => plant.rule !== null && safeRules.has(plant.rule))
      const more = [...safeIn(the(name))].filter(id => !meant.some(plant => plant.has(id)))
      expect(more.map(id => `${filesystem.layerOf(id)} ${filesystem.path(id)} ${filesystem.content(id)}`)).toEqual([])
    })

    it('calls at least 99 % of what may go without a question safe', () => {
      const { evidence, plants } = the(name)
      const { filesystem } = evidence
      const meant = plants.filter(
        ({ plant }) => plant.rule !== null && safeRules.has(plant.rule) && evidence.base[plant.layer] !== true,
      )
      const safe = [...safeIn(the(name))].filter(id => meant.some(plant => plant.has(id)))
      const planted = meant.reduce((sum, { plant }) => sum + plant.bytes, 0)
      expect(safe.reduce((sum, id) => sum + filesystem.content(id), 0)).toBeGreaterThanOrEqual(0.99 * planted)
    })
  })

  it('takes what NVIDIA’s steps made for the base, and nothing that came later', () => {
    const { evidence, image } = the('naive')
    const last = image.layers.findLast(({ history }) => /apt-mark hold \$\{NV_/.test(history?.createdBy ?? ''))
    expect(evidence.base).toEqual(image.layers.map(({ position }) => position <= (last?.position ?? -1)))
  })

  it('predicts what the fixes save, within half a percent', () => {
    const predicted = the('naive')
      .settlement.findings.filter(({ rule }) => fixes.has(rule.id))
      .reduce((sum, { saves }) => sum + saves, 0)
    const real = the('naive').size - the('fixed').size
    expect(Math.abs(predicted / real - 1), `${predicted} predicted, ${real} saved`).toBeLessThan(0.005)
  })

  it('runs on without what it calls safe', async () => {
    const { evidence, settlement, tag } = the('naive')
    const { filesystem } = evidence
    const safe = new Set<EntryId>()
    for (const { finding, claims } of settlement.findings)
      if (finding.verdict === 'safe') for (const { entry } of claims) safe.add(entry)
    const paths = new Set<string>()
    for (const entry of safe) {
      const path = filesystem.path(entry)
      if (filesystem.visible(entry) && filesystem.copies(path).every(copy => safe.has(copy))) paths.add(path)
    }
    expect(paths.size).toBeGreaterThan(2000)
    const run = `cd /app && python3 main.py && echo == && ${traceAll}`
    const [saidBefore, linksBefore = ''] = (await inside(engine, tag, run)).split('==\n')
    const [saidAfter, linksAfter = ''] = (await inside(engine, tag, `xargs -0 rm -f -- && ${run}`, [...paths])).split(
      '==\n',
    )
    expect(saidAfter).toBe(saidBefore)
    expect(saidAfter).toContain('curand 10310')
    // Every ELF file that is left still gets all that it got.
    const known = new Set(missingIn(linksBefore))
    expect(missingIn(linksAfter).filter(line => !known.has(line))).toEqual([])
  }, 300_000)
})

/** Content that some finding calls safe to leave out. */
function safeIn({ evidence, settlement }: Audited): Set<EntryId> {
  const safe = new Set<EntryId>()
  for (const { finding, gross } of settlement.findings) {
    if (finding.verdict !== 'safe') continue
    for (const entry of gross.names) safe.add(evidence.filesystem.inode(entry))
  }
  return safe
}
