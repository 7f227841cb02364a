import { afterAll, expect, it } from 'vitest'
import { corpusOf } from './corpus.ts'
import { judge } from './judge.ts'
import { removeScratch } from './surroundings.ts'
import { targets } from './targets.ts'

afterAll(removeScratch)

const found = targets.flatMap(target => corpusOf(target.name).map(input => ({ target, ...input, of: target.name })))

it.each(found)('what was found once stays mended: $of/$name', { timeout: 60_000 }, async ({ target, bytes }) => {
  expect(await judge(target, bytes)).toMatch(/^(?:read|[A-Z_]+)$/)
})
