import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layersOf } from '../../src/compare/layers.ts'
import { layer, layers } from './random-layers.ts'

/** `kept 0→0`, `gone 1` */
function told(rows: ReturnType<typeof layersOf>): string[] {
  return rows.map(({ change, before, after }) => `${change} ${[before, after].filter(at => at !== null).join('→')}`)
}

function list(...parts: readonly (readonly [diffId: string, createdBy?: string])[]) {
  return parts.map(([diffId, createdBy], index) => layer(index, diffId, createdBy ?? null))
}

const nothing = { files: 0, unpacked: 1024, stored: null, hidden: 0 }

/** By trying all. */
function longest(a: readonly string[], b: readonly string[]): number {
  const [[first, ...rest], [other, ...others]] = [a, b]
  if (first === undefined || other === undefined) return 0
  if (first === other) return 1 + longest(rest, others)
  return Math.max(longest(a, others), longest(rest, b))
}

describe('layers of two images', () => {
  it('are each told once, in the order of after, with as many kept as can be', () => {
    fc.assert(
      fc.property(layers, layers, (before, after) => {
        const rows = layersOf(before, after)
        expect(rows.flatMap(row => row.after ?? [])).toEqual(after.map(({ index }) => index))
        expect(rows.flatMap(row => row.before ?? []).sort()).toEqual(before.map(({ index }) => index))
        const kept = rows.filter(row => row.change === 'kept')
        const most = longest(
          before.map(({ diffId }) => diffId),
          after.map(({ diffId }) => diffId),
        )
        expect(kept).toHaveLength(most)
        expect(kept.map(row => row.before)).toEqual(kept.map(row => row.before).toSorted())
        for (const row of rows) {
          const [was, is] = [before[row.before ?? -1], after[row.after ?? -1]]
          expect(row.diffId).toBe((is ?? was)?.diffId)
          expect(row.difference).toBe((is?.size.files ?? 0) - (was?.size.files ?? 0))
          if (row.change === 'kept' || row.change === 'moved') expect(was?.diffId).toBe(is?.diffId)
          if (row.change !== 'changed') continue
          expect(was?.diffId).not.toBe(is?.diffId)
          expect(was?.createdBy).toBe(is?.createdBy)
          expect(row.createdBy).not.toBeNull()
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('leave no instruction new and gone between the same two kept layers', () => {
    fc.assert(
      fc.property(layers, layers, (before, after) => {
        const open = { new: new Set<string>(), gone: new Set<string>() }
        for (const { change, createdBy } of layersOf(before, after)) {
          if (change === 'kept') for (const set of Object.values(open)) set.clear()
          if ((change === 'new' || change === 'gone') && createdBy !== null) open[change].add(createdBy)
          expect([...open.new].filter(instruction => open.gone.has(instruction))).toEqual([])
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('are kept whole where nothing changed', () => {
    fc.assert(
      fc.property(layers, same => {
        expect(told(layersOf(same, same))).toEqual(same.map((_, at) => `kept ${at}→${at}`))
      }),
    )
  })

  it('are changed where the same instruction made another one', () => {
    const before = list(['a', 'ADD /'], ['b', 'RUN pip'], ['c', 'COPY . .'])
    const after = list(['a', 'ADD /'], ['d', 'RUN pip'], ['e', 'COPY . .'])
    expect(told(layersOf(before, after))).toEqual(['kept 0→0', 'changed 1→1', 'changed 2→2'])
  })

  it('are new and gone where an instruction is another, the one that is gone where it stood', () => {
    const before = list(['a', 'ADD /'], ['b', 'RUN pip install torch==2.13'], ['c', 'COPY . .'])
    const after = list(['a', 'ADD /'], ['d', 'RUN pip install torch==2.14'], ['e', 'COPY . .'], ['f', 'RUN y'])
    expect(told(layersOf(before, after))).toEqual(['kept 0→0', 'gone 1', 'new 1', 'changed 2→2', 'new 3'])
  })

  it('are not told by an instruction that nobody recorded', () => {
    expect(told(layersOf(list(['a'], ['b']), list(['a'], ['c'])))).toEqual(['kept 0→0', 'gone 1', 'new 1'])
  })

  it('are kept in one of their orders where they were moved', () => {
    const before = list(['a'], ['b', 'RUN b'], ['c', 'RUN c'])
    const after = list(['a'], ['c', 'RUN c'], ['b', 'RUN b'])
    expect(told(layersOf(before, after))).toEqual(['kept 0→0', 'kept 2→1', 'moved 1→2'])
    expect(layersOf(before, after).every(({ difference }) => difference === 0)).toBe(true)
  })

  it('are not moved where all that they share is that they are empty', () => {
    const empty = (...parts: readonly (readonly [string, string])[]) =>
      list(...parts).map(one => ({ ...one, size: nothing }))
    const before = empty(['e', 'WORKDIR /x'], ['a', 'RUN a'], ['b', 'RUN b'])
    const after = empty(['a', 'RUN a'], ['b', 'RUN b'], ['e', 'WORKDIR /y'])
    expect(told(layersOf(before, after))).toEqual(['gone 0', 'kept 1→0', 'kept 2→1', 'new 2'])
    const back = empty(['a', 'RUN a'], ['b', 'RUN b'], ['e', 'WORKDIR /x'])
    expect(told(layersOf(before, back))).toEqual(['kept 1→0', 'kept 2→1', 'moved 0→2'])
  })

  it('pair empty ones, which are all one diff ID, by their instructions', () => {
    const before = list(['a', 'ADD /'], ['b', 'RUN pip'], ['e', 'WORKDIR /app'])
    const after = list(['a', 'ADD /'], ['e', 'WORKDIR /src'], ['c', 'RUN pip'], ['e', 'WORKDIR /app'])
    expect(told(layersOf(before, after))).toEqual(['kept 0→0', 'new 1', 'changed 1→2', 'kept 2→3'])
    expect(told(layersOf(after, before))).toEqual(['kept 0→0', 'gone 1', 'changed 2→1', 'kept 3→2'])
  })

  it('pair a diff ID that stands twice with each of its stands', () => {
    const before = list(['a'], ['e', 'WORKDIR /x'], ['b'], ['e', 'WORKDIR /y'])
    const after = list(['a'], ['e', 'WORKDIR /x'], ['c'], ['e', 'WORKDIR /y'])
    expect(told(layersOf(before, after))).toEqual(['kept 0→0', 'kept 1→1', 'gone 2', 'new 2', 'kept 3→3'])
  })
})
