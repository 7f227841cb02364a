import { expect, it } from 'vitest'
import { layersOf } from '../../src/compare/layers.ts'
import { packagesOf } from '../../src/compare/packages.ts'
import table from '../../src/compare/table.ts'
import { trendOf } from '../../src/trend/trend.ts'
import { sample as report } from '../report/sample.ts'
import { layer } from './random-layers.ts'
import { sample } from './sample.ts'

const many = 10_000

/** Lists that no engine makes, but a report can have. Where time or memory went with their square, these end with neither. */
it.each([
  ['the same content, all of it', () => 'a', () => 'a', ['kept']],
  ['nothing in common', (at: number) => `a${at}`, (at: number) => `b${at}`, ['gone', 'new']],
  ['the other order', (at: number) => `a${at}`, (at: number) => `a${many - 1 - at}`, ['moved']],
])('compares thousands of layers with %s', (_, was, is, changes) => {
  const list = (of: (at: number) => string) =>
    Array.from({ length: many }, (_, at) => layer(at, of(at), `RUN ${of(at)}`))
  const [before, after] = [list(was), list(is)]
  const rows = layersOf(before, after)
  expect(rows.flatMap(row => row.after ?? [])).toEqual(after.map(({ index }) => index))
  expect(rows.flatMap(row => row.before ?? []).sort((a, b) => a - b)).toEqual(before.map(({ index }) => index))
  expect([...new Set(rows.map(({ change }) => change))]).toEqual(changes)
})

it('keeps what has another place in so many layers', () => {
  const before = Array.from({ length: many }, (_, at) => layer(at, `a${at}`, 'RUN a'))
  const after = [layer(0, 'b', 'RUN b'), ...before.map(({ index, diffId }) => layer(index + 1, diffId, 'RUN a'))]
  const rows = layersOf(before, after)
  expect(rows.filter(({ change }) => change === 'kept').length).toBeGreaterThan(many * 0.99)
})

it('compares and shows thousands of versions of one package', () => {
  const packages = (version: string) =>
    Array.from({ length: many }, (_, at) => {
      const history = [{ layer: 0, version: `${version}.${at}` }]
      const root = `/opt/${version}/${at}`
      return {
        manager: 'pip' as const,
        name: 'x',
        version: `${version}.${at}`,
        root,
        bytes: at,
        layer: 0,
        hidden: 0,
        history,
      }
    })
  const rows = packagesOf(packages('1'), packages('2'))
  expect(rows).toHaveLength(many)
  expect(rows.every(({ before, after }) => before !== null && after !== null)).toBe(true)
  const text = table({ ...sample, packages: rows }, { width: 80, colour: false, top: 10, all: true })
  expect(text).toContain('pip:x 1.7 → 2.7 in /opt/2/7')
})

it('says once of thousands of reports that they are of one image', () => {
  const policy = { limits: {}, ignore: [], now: new Date(0) }
  const trend = trendOf(Array<typeof report>(many).fill(report), policy, policy.now, '0.0.0')
  expect(trend.notices.filter(({ code }) => code === 'same-image')).toHaveLength(1)
})
