import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { corpusTargets } from './corpus.ts'
import { inputs } from './input.ts'
import { judge } from './judge.ts'
import { removeScratch } from './surroundings.ts'
import { targets } from './targets.ts'

/** The same inputs each time; another number gives others, more of them for longer. `npm run fuzz` goes on for as long as told. */
const seed = Number(process.env.SEED ?? 1)
const usualRuns = 100

afterAll(removeScratch)

describe('any bytes give a result or an ImgauditError', { timeout: 120_000 }, () => {
  it.each(targets)('$name', async target => {
    const arbitrary = await inputs(target)
    const property = fc.asyncProperty(arbitrary, async bytes => void (await judge(target, bytes)))
    await fc.assert(property, { seed, numRuns: target.runs ?? usualRuns })
  })
})

it('every found input is one of a target', () => {
  const names = targets.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(names).toEqual(expect.arrayContaining([...corpusTargets()]))
})
