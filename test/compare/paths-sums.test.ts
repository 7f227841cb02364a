import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { auditImage } from '../../src/audit.ts'
import { compareNames } from '../../src/bytes/name.ts'
import { liveTree } from '../../src/compare/live-tree.ts'
import { pathsOf } from '../../src/compare/paths.ts'
import { reportTree } from '../../src/compare/report-tree.ts'
import { kinds, type SizeTree } from '../../src/compare/size-tree.ts'
import { Filesystem } from '../../src/image/filesystem.ts'
import { type LayerData, openFixture } from '../fixture.ts'
import { stack } from '../random-stack.ts'
import { plainTree, storedTree } from './plain-tree.ts'

type Rows = ReturnType<typeof pathsOf>
type Row = Rows[number]

/** An image: all of its paths, and what a report tells of them. */
interface Known {
  readonly live: SizeTree
  readonly stored: SizeTree
}

/** Checks the rows of every way to compare two images against all that they show. */
function expectTold(before: Known, after: Known): void {
  for (const old of [before.live, before.stored]) {
    for (const young of [after.live, after.stored]) {
      const rows = pathsOf(old, young)
      const total = (after.live.bytes[0] ?? 0) - (before.live.bytes[0] ?? 0)
      expect(sum(rows.map(row => row.difference))).toBe(total)
      expectInOrder(rows)
      expectApart(rows)
      for (const row of rows) expectTrue(row, rows, before.live, after.live)
      expect(rows.every(row => row.exact) || old === before.stored || young === after.stored).toBe(true)
    }
  }
  expectGrownFiles(before.live, after.live)
}

function expectInOrder(rows: Rows): void {
  const isLast = ({ path, kind }: Row) => path === '/' && kind === 'rest'
  expect(rows.slice(0, -1).some(isLast)).toBe(false)
  const ranked = rows.filter(row => !isLast(row))
  for (const [at, row] of ranked.entries()) {
    const next = ranked[at + 1]
    expect(row.difference).not.toBe(0)
    if (next === undefined) continue
    const less = Math.abs(row.difference) - Math.abs(next.difference)
    expect(less).toBeGreaterThanOrEqual(0)
    if (less === 0) expect(compareNames(row.path, next.path)).toBeLessThanOrEqual(0)
  }
}

/** Where a side has it; undefined where it has not, as far as known. */
function oldPath({ path, was, change, kind, before }: Row): string | undefined {
  return change === 'new' || (before === null && kind !== 'rest') ? undefined : (was ?? path)
}

function newPath({ path, change, kind, after }: Row): string | undefined {
  return change === 'gone' || (after === null && kind !== 'rest') ? undefined : path
}

function isBelow(path: string, folder: string): boolean {
  return path !== folder && path.startsWith(folder === '/' ? '/' : `${folder}/`)
}

/** Nothing is told twice: what lies in a row that is no rest has no row. */
function expectApart(rows: Rows): void {
  for (const pathIn of [oldPath, newPath]) {
    const places = rows.flatMap(row => {
      const path = pathIn(row)
      return path === undefined ? [] : [{ path, rest: row.kind === 'rest' }]
    })
    for (const outer of places) {
      if (outer.rest) continue
      expect(places.filter(({ path }) => isBelow(path, outer.path))).toEqual([])
      expect(places.filter(({ path }) => path === outer.path).length).toBe(1)
    }
  }
}

/** Every figure is what the images have there. */
function expectTrue(row: Row, rows: Rows, before: SizeTree, after: SizeTree): void {
  const sides = [
    { told: row.before, true: bytesOf(row, rows, before, oldPath) },
    { told: row.after, true: bytesOf(row, rows, after, newPath) },
  ]
  for (const side of sides) if (side.told !== null) expect(side.told, `${row.kind} ${row.path}`).toBe(side.true)
  expect(row.exact).toBe(row.before !== null && row.after !== null)
  if (row.exact) expect(row.difference).toBe((row.after ?? 0) - (row.before ?? 0))
  if (row.change === 'new') expect(row.before).toBe(0)
  if (row.change === 'gone') expect(row.after).toBe(0)
  if (row.change === 'new' || row.change === 'grown') expect(row.difference).toBeGreaterThan(0)
  else expect(row.difference).toBeLessThan(0)
}

/** What an image has at the path of a row, less what other rows tell of it where it is a rest. */
function bytesOf(row: Row, rows: Rows, tree: SizeTree, pathIn: (row: Row) => string | undefined): number {
  const path = pathIn(row)
  if (path === undefined) return 0
  const node = tree.paths.find(path) ?? -1
  const kind = row.kind === 'file' ? kinds.file : kinds.folder
  const bytes = tree.kinds[node] === kind ? (tree.bytes[node] ?? 0) : 0
  if (row.kind !== 'rest') return bytes
  const inner = rows.filter(other => other !== row && isBelow(pathIn(other) ?? '', path))
  // A rest in it has its own rows, which lie in this one too.
  return bytes - sum(inner.map(other => bytesOf(other, rows, tree, pathIn)))
}

/** A file that both have bytes in, and whose growth is a good part of all that changed, has a row. */
function expectGrownFiles(before: SizeTree, after: SizeTree): void {
  const rows = new Set(pathsOf(before, after).map(row => row.path))
  const paths = new Set([...filesOf(before).keys(), ...filesOf(after).keys()])
  const [old, young] = [filesOf(before), filesOf(after)]
  const most = sum([...paths].map(path => Math.abs((young.get(path) ?? 0) - (old.get(path) ?? 0))))
  for (const [path, bytes] of young) {
    const was = old.get(path) ?? 0
    const grown = bytes - was
    if (was > 0 && grown > 0 && grown * 20 >= most) expect(rows, `${path} grew by ${grown}`).toContain(path)
  }
}

function filesOf({ paths, kinds: kind, bytes }: SizeTree): Map<string, number> {
  const nodes = [...kind.keys()].filter(node => kind[node] === kinds.file)
  return new Map(nodes.map(node => [paths.path(node), bytes[node] ?? 0]))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

const name = fc.constantFrom('a', 'b', 'lib1', 'lib2', 'lib3', 'x-1.2', 'x-1.3.1', 'é')
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map(parts => `/${parts.join('/')}`)
const bytes = fc.oneof(fc.constant(0), fc.nat(20), fc.nat(3000), fc.nat(2_000_000))
const paths = fc.array(fc.tuple(path, bytes), { maxLength: 40 })

/** Two trees that have much in common. */
const pair = fc
  .tuple(paths, paths, paths)
  .map(([both, old, young]) => [tree([...old, ...both]), tree([...young, ...both])])

/** Without files in files. */
function tree(files: readonly (readonly [string, number])[]): [string, number][] {
  const known = new Map<string, number>()
  for (const [path, bytes] of files) {
    const clash = [...known.keys()].some(other => isBelow(other, path) || isBelow(path, other))
    if (!clash) known.set(path, bytes)
  }
  return [...known]
}

async function imageOf(layers: readonly LayerData[]): Promise<Known> {
  await using image = await openFixture({ config: {}, layers })
  const report = await auditImage(image)
  return { live: liveTree(new Filesystem(image.layers)), stored: reportTree(report) }
}

describe('rows of paths add up, tell what is there, and tell nothing twice', () => {
  it('for any two trees, whether images or reports are there', () => {
    fc.assert(
      fc.property(pair, fc.nat(3_000_000), ([before = [], after = []], hidden) => {
        expectTold(
          { live: plainTree(before), stored: storedTree(before, hidden) },
          { live: plainTree(after), stored: storedTree(after) },
        )
      }),
      { numRuns: 300 },
    )
  })

  it('for any two stacks of layers', async () => {
    await fc.assert(
      fc.asyncProperty(stack, stack, async (before, after) => {
        expectTold(await imageOf(before), await imageOf(after))
      }),
      { numRuns: 60 },
    )
  })
})
