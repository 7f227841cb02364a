import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Filesystem } from '../../src/image/filesystem.ts'
import { StoredShares } from '../../src/image/stored-shares.ts'
import { plus, StoredCosts } from '../../src/savings/stored-costs.ts'
import { openFixture } from '../fixture.ts'

async function filesystemOf(...known: readonly boolean[]) {
  const fixture = { config: {}, layers: known.map((_, at) => ({ add: { [`/${at}`]: 10_000 + at } })) }
  const { layers } = await openFixture(fixture)
  return new Filesystem(
    layers.map((layer, at) => (known[at] ? { ...layer, shares: StoredShares.plain(layer.index) } : layer)),
  )
}

it('shares out what a content costs over its parts, wherever it is cut, and loses nothing', async () => {
  const filesystem = await filesystemOf(true)
  const costs = new StoredCosts(filesystem)
  fc.assert(
    fc.property(fc.array(fc.nat(10_000)), cuts => {
      const ends = [0, ...cuts.sort((a, b) => a - b), 10_000]
      const parts = ends.slice(1).map((to, at) => {
        const cost = costs.part(0, ends[at] ?? 0, to) ?? Number.NaN
        expect(Math.abs(cost - ((to - (ends[at] ?? 0)) * filesystem.entriesOf(0).span(0)) / 10_000)).toBeLessThan(1.01)
        return cost
      })
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(filesystem.entriesOf(0).span(0))
    }),
  )
})

it('knows no sum of which it lacks a part', async () => {
  const filesystem = await filesystemOf(true, false)
  const costs = new StoredCosts(filesystem)
  expect(costs.part(0, 0, 10_000)).toBe(filesystem.entriesOf(0).span(0))
  expect(costs.part(1, 0, 10_001)).toBeUndefined()
  expect(costs.part(1, 500, 500)).toBe(0)
  expect(costs.parts()).toBeUndefined()
  expect(plus(plus(1, undefined), 2)).toBeUndefined()
  expect(new StoredCosts(await filesystemOf(true, true)).parts()).toMatchObject({ empty: 0 })
})
