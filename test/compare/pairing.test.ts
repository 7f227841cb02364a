import { describe, expect, it } from 'vitest'
import { pairTrees } from '../../src/compare/pairing.ts'
import type { SizeTree } from '../../src/compare/size-tree.ts'
import { type Files, plainTree, storedTree } from './plain-tree.ts'

/** `before → after`, or one side alone, of every pair but the root. */
function pairsOf(before: SizeTree, after: SizeTree): string[] {
  const pairs = pairTrees(before, after)
  const path = (tree: SizeTree, node = -1) => (node === -1 ? '' : tree.paths.path(node))
  return pairs.folder
    .map((_, pair) => `${path(before, pairs.before[pair])} → ${path(after, pairs.after[pair])}`)
    .slice(1)
    .sort()
}

function inFolder(...names: string[]): Files {
  return names.map(name => [`/${name}`, 10])
}

describe('a path and its next version', () => {
  it.each([
    ['libcudnn.so.9.1.0', 'libcudnn.so.9.2.0'],
    ['python3.10', 'python3.11'],
    ['torch-2.13.0.dist-info', 'torch-2.14.1.dist-info'],
    ['torch-2.13.dist-info', 'torch-2.14.1.dist-info'],
    ['libgomp-a34b3233.so.1.0.0', 'libgomp-0f12cd9a.so.1.0.0'],
    ['main.3f2a1b9c.js', 'main.77ab01ff.js'],
    ['cuda-12.8', 'cuda-12.9'],
    ['11', '12'],
    ['app_1_2.jar', 'app_1_10.jar'],
  ])('%s and %s are one', (before, after) => {
    expect(pairsOf(plainTree(inFolder(before)), plainTree(inFolder(after)))).toEqual([`/${before} → /${after}`])
  })

  it.each([
    ['libcudnn.so.9', 'libcublas.so.9'],
    ['a', 'b'],
    ['my-facade', 'my-decade'],
    ['numpy', 'numpy-2.1'],
    ['x-a34b32', 'y-0f12cd'],
  ])('%s and %s are two', (before, after) => {
    expect(pairsOf(plainTree(inFolder(before)), plainTree(inFolder(after)))).toEqual(
      [` → /${after}`, `/${before} → `].sort(),
    )
  })

  it('is looked for where no path has the same name', () => {
    const before = plainTree(inFolder('lib.so.1', 'lib.so.2'))
    const after = plainTree(inFolder('lib.so.2', 'lib.so.3'))
    expect(pairsOf(before, after)).toEqual(['/lib.so.1 → /lib.so.3', '/lib.so.2 → /lib.so.2'])
  })

  it('is told in the order of names where there are several, and not at all where their number is another', () => {
    const two = inFolder('lib.so.8.9.7', 'lib.so.8.0.1', 'doc-1')
    expect(pairsOf(plainTree(two), plainTree(inFolder('lib.so.9.1.0', 'lib.so.9.0.2', 'doc-2')))).toEqual([
      '/doc-1 → /doc-2',
      '/lib.so.8.0.1 → /lib.so.9.0.2',
      '/lib.so.8.9.7 → /lib.so.9.1.0',
    ])
    expect(pairsOf(plainTree(two), plainTree(inFolder('lib.so.9.1.0')))).toEqual([
      ' → /lib.so.9.1.0',
      '/doc-1 → ',
      '/lib.so.8.0.1 → ',
      '/lib.so.8.9.7 → ',
    ])
  })

  it('is of the same kind, and what lies in it is paired too', () => {
    const before = plainTree([
      ['/python3.10/os.py', 10],
      ['/python3.10/lib-1.so', 10],
      ['/tool-1', 10],
    ])
    const after = plainTree([
      ['/python3.11/os.py', 12],
      ['/python3.11/lib-2.so', 10],
      ['/tool-2/x', 10],
    ])
    expect(pairsOf(before, after)).toEqual([
      ' → /tool-2',
      '/python3.10 → /python3.11',
      '/python3.10/lib-1.so → /python3.11/lib-2.so',
      '/python3.10/os.py → /python3.11/os.py',
      '/tool-1 → ',
    ])
  })
})

it('leaves out what has no bytes on either side, and what lies in a folder that one side has alone', () => {
  const before = plainTree([
    ['/empty', 0],
    ['/filled', 0],
    ['/gone-a/x/y', 5],
  ])
  const after = plainTree([
    ['/empty', 0],
    ['/filled', 3],
  ])
  expect(pairsOf(before, after)).toEqual(['/filled → /filled', '/gone-a → '])
})

it('says how much a report may leave out at a path that it does not list, and that a file is no folder', () => {
  const before: Files = [
    ['/big', 1_000_000],
    ['/small', 700],
    ['/kind', 9000],
  ]
  const after = plainTree([
    ['/big', 1_000_000],
    ['/new', 5000],
    ['/kind/x', 9000],
  ])
  const stored = storedTree(before)
  const pairs = pairTrees(stored, after)
  const unlisted = new Map(
    pairs.folder.map((_, pair) => {
      const [old, young] = [pairs.before[pair] ?? -1, pairs.after[pair] ?? -1]
      return [
        old === -1 ? `+${after.paths.path(young)}` : `${young === -1 ? '-' : ''}${stored.paths.path(old)}`,
        pairs.unlisted[pair],
      ]
    }),
  )
  expect(Object.fromEntries(unlisted)).toEqual({ '/': 0, '/big': 0, '+/new': 700, '-/kind': 0, '+/kind': 0 })
})
