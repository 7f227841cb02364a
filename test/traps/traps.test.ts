import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { titlesOf } from './titles.ts'
import { traps } from './traps.ts'

const tests = fileURLToPath(new URL('../', import.meta.url))
const own = readdirSync(`${tests}/traps`).filter(name => name.endsWith('.test.ts') && name !== 'traps.test.ts')

const read = (file: string) => readFileSync(`${tests}/${file}`, 'utf8')

const numbers = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${at + 1}`)
const ids = [...numbers('N', 6), ...numbers('', 36), ...numbers('S', 4), ...numbers('G', 5)]

describe('the table of traps', () => {
  it('has each of them once', () => {
    expect(traps.map(({ id }) => id).sort()).toEqual([...ids].sort())
  })

  it('says of each what goes wrong and what is right, in a sentence', () => {
    for (const { id, trap, right } of traps) {
      for (const text of [trap, right]) expect([id, text]).toEqual([id, expect.stringMatching(/^.{20,150}\.$/)])
    }
  })

  it.each(traps)('holds $id by a test that is there, once', ({ held }) => {
    expect(held.length).toBeGreaterThan(0)
    for (const { file, test } of held) {
      expect([file, ...titlesOf(read(file)).filter(title => title === test)]).toEqual([file, test])
    }
  })

  it('names every test that was written for it', () => {
    const named = traps.flatMap(({ held }) => held.map(({ file, test }) => `${file}: ${test}`))
    const written = own.flatMap(name => titlesOf(read(`traps/${name}`)).map(title => `traps/${name}: ${title}`))
    expect(written.filter(title => !named.includes(title))).toEqual([])
  })
})

describe('the titles of a source', () => {
  it('are those of its tests, with their suites, and none of what is always skipped', () => {
    const source = `
      describe.skipIf(no)('a', () => {
        it('b', () => { it.each([1])('c %d', async n => {}) })
        describe.each([1, 2])('d', () => it.runIf(yes).each(rows)('e', () => {}))
        it.skip('f', () => {})
        it.todo('g')
      })
      describe.skip('h', () => { it('i', () => {}) })
      test('j: k', (): void => format('l'))`
    expect(titlesOf(source)).toEqual(['a > b', 'a > d > e', 'j: k'])
  })
})
