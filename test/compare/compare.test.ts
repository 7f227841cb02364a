import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compare } from '../../src/compare/compare.ts'
import { type Fixture, image, type LayerData, same } from '../fixture.ts'
import { stack } from '../random-stack.ts'
import { compared, comparedFixtures, sideOf } from './side.ts'

const runs = ['RUN a', 'RUN b', 'COPY . /c', '']

/** Two images of layers out of one heap, so that they share some, in whatever order, and one can have a layer twice. */
const twoImages: fc.Arbitrary<readonly [Fixture, Fixture]> = fc
  .tuple(stack, stack)
  .chain(([some, others]) => {
    const pick = fc.tuple(fc.constantFrom(...some, ...others), fc.constantFrom(...runs))
    const layers = fc
      .array(pick, { minLength: 1, maxLength: 5 })
      .map(picked => picked.map(([layer, run]): LayerData => ({ ...layer, run })))
    return fc.tuple(layers, layers)
  })
  .map(([before, after]) => [image({ config: {} }, ...before), image({ config: {} }, ...after)] as const)

describe('a comparison', () => {
  it('adds up for any two images, whether they were read or reported', async () => {
    await fc.assert(
      fc.asyncProperty(twoImages, async ([first, second]) => {
        const [before, after] = [await sideOf(first), await sideOf(second)]
        const comparison = compared(before, after)
        expect(comparison.layers.flatMap(layer => layer.after ?? [])).toEqual(
          after.report.layers.map(({ index }) => index),
        )
        compared(before, { report: after.report })
        compared({ report: before.report }, after)
        const { paths, ...stored } = compared({ report: before.report }, { report: after.report })
        const { paths: read, ...same } = comparison
        expect(stored).toEqual(same)
      }),
      { numRuns: 60 },
    )
  })

  it('is the other way round from after to before', async () => {
    await fc.assert(
      fc.asyncProperty(twoImages, async ([first, second]) => {
        const [before, after] = [await sideOf(first), await sideOf(second)]
        const [there, back] = [compared(before, after), compared(after, before)]
        const turned = (row: { readonly difference: number }) => 0 - row.difference
        expect([back.difference.files, back.difference.unpacked, back.difference.hidden]).toEqual([
          0 - there.difference.files,
          0 - there.difference.unpacked,
          0 - there.difference.hidden,
        ])
        expect(back.causes.map(({ cause }) => cause)).toEqual(there.causes.map(({ cause }) => cause))
        expect(back.causes.map(turned)).toEqual(there.causes.map(({ difference }) => difference))
        expect(back.unowned.map(turned)).toEqual(there.unowned.map(({ difference }) => difference))
        expect(back.folders.map(({ path, before, after }) => [path, after, before])).toEqual(
          there.folders.map(({ path, before, after }) => [path, before, after]),
        )
      }),
      { numRuns: 30 },
    )
  })

  it('of an image with itself finds nothing', async () => {
    await fc.assert(
      fc.asyncProperty(twoImages, async ([first]) => {
        const side = await sideOf(first)
        for (const one of [side, { report: side.report }]) {
          const comparison = compared(one, one)
          const { difference, pull, invalidated, packages, unowned, paths, layers, findings, notices } = comparison
          expect(difference).toEqual({ files: 0, unpacked: 0, stored: null, hidden: 0 })
          expect({ packages, unowned, paths, invalidated }).toEqual({
            packages: [],
            unowned: [],
            paths: [],
            invalidated: null,
          })
          expect(pull).toMatchObject({ bytes: 0, layers: 0, again: { bytes: 0, layers: 0 } })
          expect(findings).toEqual({ new: [], settled: [] })
          expect(layers.map(({ change, before, after }) => [change, before, after])).toEqual(
            layers.map((_, at) => ['kept', at, at]),
          )
          for (const row of [...comparison.causes, ...comparison.folders]) expect(row.difference).toBe(0)
          expect(notices[0]?.code).toBe('same-image')
        }
      }),
      { numRuns: 25 },
    )
  })

  it('is the same bytes of the same reports', async () => {
    const [first, second] = fc.sample(twoImages, { numRuns: 1, seed: 7 })[0] ?? []
    if (first === undefined || second === undefined) throw new Error('nothing was sampled')
    const json = async () => JSON.stringify(await comparedFixtures(first, second))
    expect(await json()).toBe(await json())
  })

  it('says what an early change cost behind it, and what a moved layer costs Docker', async () => {
    const base = { run: 'ADD rootfs.tar /', add: { '/usr/bin/tool': 50_000 } }
    const copy = (seed: string): LayerData => ({ run: 'COPY . /opt/app', add: { '/opt/app/main.py': same(seed, 700) } })
    const pip = (time: number): LayerData => ({
      run: 'RUN pip install torch',
      add: { '/usr/lib/torch.so': { kind: 'file', content: same('torch', 90_000), mtime: time } },
    })
    const model = { run: 'COPY model /opt/model', add: { '/opt/model/weights.bin': 30_000 } }
    const { invalidated, pull, layers, causes, difference } = await comparedFixtures(
      image(base, copy('1'), pip(1_700_000_000), model),
      image(base, copy('2'), pip(1_700_000_001), model),
    )
    const unpacked = layers.map(({ size }) => size.unpacked)
    expect(difference.files).toBe(0)
    expect(causes.every(row => row.difference === 0)).toBe(true)
    expect(layers.map(({ change }) => change)).toEqual(['kept', 'changed', 'changed', 'kept'])
    expect(invalidated).toEqual({
      layer: 1,
      createdBy: 'COPY . /opt/app',
      base: null,
      layers: [2],
      bytes: unpacked[2],
    })
    expect(pull).toEqual({
      bytes: (unpacked[1] ?? 0) + (unpacked[2] ?? 0),
      kind: 'unpacked',
      layers: 2,
      again: { bytes: unpacked[3], layers: 1 },
    })
  })

  it('judges after alone, with growth against before', async () => {
    const before = await sideOf(image({ run: 'COPY a /a', add: { '/opt/a': 1000 } }))
    const after = await sideOf(image({ run: 'COPY a /a', add: { '/opt/a': 1000, '/opt/b': 500 } }))
    const limits = { size: { bytes: 2000 }, growth: { share: 0.1 } }
    expect(compared(before, after, { limits }).budgets.map(({ budget, value, ok }) => [budget, value, ok])).toEqual([
      ['size', 1500, true],
      ['growth', 500, false],
    ])
  })

  it('lists folders that one side lacks without guessing', async () => {
    const before = await sideOf(image({ add: { '/opt/a/x': 1000, '/srv/y': 1 } }))
    const after = await sideOf(image({ add: { '/opt/a/x': 1600, '/srv/y': 200 } }))
    expect(compared(before, after).folders).toEqual([
      { path: '/', before: 1001, after: 1800, difference: 799 },
      { path: '/opt', before: 1000, after: 1600, difference: 600 },
      { path: '/opt/a', before: 1000, after: 1600, difference: 600 },
      { path: '/srv', before: null, after: 200, difference: null },
    ])
  })
})

it('leaves the reports as they were', async () => {
  const before = await sideOf(image({ add: { '/opt/a': 1000 } }))
  const after = await sideOf(image({ add: { '/opt/b': 1000 } }))
  const text = JSON.stringify([before.report, after.report])
  compare(before, after, { limits: {}, ignore: [{ rule: 'secrets', reason: 'x' }], now: new Date(0) }, '1.0.0')
  expect(JSON.stringify([before.report, after.report])).toBe(text)
})
