import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pathsOf } from '../../src/compare/paths.ts'
import { reportTree } from '../../src/compare/report-tree.ts'
import type { SizeTree } from '../../src/compare/size-tree.ts'
import { plainTree, storedTree } from './plain-tree.ts'

/** The rows of two trees, which add up and are some hundred at most. */
function rowsOf(before: SizeTree, after: SizeTree) {
  const rows = pathsOf(before, after)
  const total = rows.reduce((sum, { difference }) => sum + difference, 0)
  expect(total).toBe((after.bytes[0] ?? 0) - (before.bytes[0] ?? 0))
  expect(rows.length).toBeLessThanOrEqual(1000)
  return rows
}

function files(count: number, path: (at: number) => string, bytes: (at: number) => number): [string, number][] {
  return Array.from({ length: count }, (_, at) => [path(at), bytes(at)])
}

describe('some hundred rows at most, whatever changed', () => {
  it('where each of 10,000 files changed, one up and one down', () => {
    const before = files(
      10_000,
      at => `/f${at}x`,
      () => 1000,
    )
    const after = files(
      10_000,
      at => `/f${at}x`,
      at => 1000 + (at % 2 === 0 ? 300 : -299),
    )
    expect(rowsOf(plainTree(before), plainTree(after))).toMatchObject([{ path: '/', kind: 'rest', difference: 5000 }])
  })

  it('where a thousand folders changed in many ways', () => {
    const path = (at: number) => `/d${'x'.repeat(at % 100)}/e${'y'.repeat((at * 7) % 61)}/f${at}z`
    const before = files(20_000, path, at => (at * 7919) % 10_007)
    const after = files(20_000, path, at => (at * 104_729) % 10_009)
    for (const young of [plainTree(after), storedTree(after)]) rowsOf(plainTree(before), young)
    rowsOf(storedTree(before), storedTree(after))
  })

  it('where paths are 10,000 folders deep, and something changed in each', () => {
    const deep = (bytes: (at: number) => number): [string, number][] => {
      const rows: [string, number][] = []
      for (let at = 0, path = ''; at < 10_000; at++, path += '/d')
        if (at % 50 === 0) rows.push([`${path}/f`, bytes(at)])
      return rows
    }
    const before = plainTree(deep(() => 10_000))
    const after = plainTree(deep(at => 20_000 + at))
    expect(rowsOf(before, after).length).toBeGreaterThan(100)
    expect(rowsOf(plainTree([]), after)).toMatchObject([
      { path: '/d'.repeat(50), kind: 'folder', change: 'new' },
      { path: '/', kind: 'rest', difference: 20_000 },
    ])
    expect(rowsOf(before, before)).toEqual([])
  })

  it('where a report tells of 3000 folders in each other that grew and shrank by turns', () => {
    const size = { files: 2e9, hidden: 0, unpacked: 0, stored: null }
    const report = (bytes: (at: number) => number) =>
      reportTree({
        size,
        folders: Array.from({ length: 3000 }, (_, at) => ({ path: '/d'.repeat(at + 1), bytes: bytes(at), count: 1 })),
        files: [],
      })
    rowsOf(
      report(() => 1e9),
      report(at => (at % 2 === 0 ? 2e9 : 1e8)),
    )
  })

  it('where somebody made reports up', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b1', 'b2', '', 'é'), { maxLength: 6 })
      .map(parts => `/${parts.join('/')}`)
    const row = fc.record({ path, bytes: fc.oneof(fc.nat(5), fc.maxSafeNat()), count: fc.nat() })
    const size = fc.tuple(fc.nat(), fc.nat()).map(([files, hidden]) => ({ files, hidden, unpacked: 0, stored: null }))
    const tree = fc.record({ size, folders: fc.array(row), files: fc.array(row) }).map(reportTree)
    fc.assert(
      fc.property(tree, tree, (before, after) => {
        expect(pathsOf(before, after).length).toBeLessThanOrEqual(1000)
      }),
      { numRuns: 300 },
    )
  })
})

it('is quick: 140,000 paths a side', () => {
  const path = (at: number) => `/usr/lib/d${at % 1500}/e${at % 7}/file-${at}`
  const before = plainTree(files(140_000, path, () => 500))
  const after = plainTree(files(140_000, path, at => 500 + (at % 3)))
  const start = performance.now()
  expect(rowsOf(before, after)).toHaveLength(1)
  // Ten times what it takes where much else runs.
  expect(performance.now() - start).toBeLessThan(5000)
})
