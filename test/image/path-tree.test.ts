import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PathTree } from '../../src/image/path-tree.ts'

function treeOf(...paths: readonly string[]): PathTree {
  const tree = new PathTree()
  for (const path of paths) tree.add(path)
  return tree
}

it('finds folders by their name, anywhere, and no files', () => {
  const tree = treeOf('/app/.git/HEAD', '/srv/.git', '/src/.git/objects/pack', '/src/my.git/HEAD')
  expect(tree.foldersNamed('.git')).toEqual(['/app/.git', '/src/.git'])
  expect(tree.foldersNamed('HEAD')).toEqual([])
})

it('finds folders that came after it was asked first', () => {
  const tree = treeOf('/app/.git')
  expect(tree.foldersNamed('.git')).toEqual([])
  tree.add('/app/.git/HEAD')
  expect(tree.foldersNamed('.git')).toEqual(['/app/.git'])
})

it('gives what lies directly in a folder', () => {
  const tree = treeOf('/a/b/c', '/a/d', '/e')
  expect([...tree.children('/a')]).toEqual(['/a/b', '/a/d'])
  expect([...tree.children('/')]).toEqual(['/a', '/e'])
  expect([...tree.children('/nowhere')]).toEqual([])
})

it('gives each path a number of its own, folders before what lies in them, in any order of asking', () => {
  const part = fc.constantFrom('a', 'b', 'ab', 'lib', 'lib64', 'ä', '\udcff')
  const path = fc.array(part, { minLength: 1, maxLength: 5 }).map(parts => `/${parts.join('/')}`)
  fc.assert(
    fc.property(fc.array(path, { maxLength: 2000 }), fc.array(path), (paths, others) => {
      const tree = treeOf(...paths)
      const there = new Set(['/'])
      for (const added of paths) for (let at = added; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) there.add(at)
      expect(tree.size).toBe(there.size)
      for (const asked of [...others, ...paths]) {
        const node = tree.find(asked)
        expect(node === undefined).toBe(!there.has(asked))
        if (node === undefined) continue
        expect(tree.path(node)).toBe(asked)
        expect(tree.parent(node)).toBeLessThan(node)
      }
    }),
    { numRuns: 50 },
  )
})

it('finds nothing by what is no clean absolute path', () => {
  const tree = treeOf('/a/b')
  expect(['', 'a', 'xa', '/a/', '//a', '/a//b', 'a/b'].map(path => tree.find(path))).toEqual(Array(7).fill(undefined))
  expect([tree.find('/'), tree.add('/')]).toEqual([0, 0])
})

it('knows what a node is called, what lies directly below it, and what two nodes lie in', () => {
  const tree = treeOf('/a/b/c', '/a/b/d', '/a/ä', '/e')
  const node = (path: string) => tree.find(path) ?? -1
  expect([tree.name(0), tree.name(node('/a/ä')), tree.name(node('/a/b'))]).toEqual(['', 'ä', 'b'])
  expect([...tree.childrenOf(node('/a/b'))].map(child => tree.path(child))).toEqual(['/a/b/c', '/a/b/d'])
  const common = (a: string, b: string) => tree.path(tree.common(node(a), node(b)))
  expect(common('/a/b/c', '/a/b/d')).toBe('/a/b')
  expect(common('/a/b/d', '/a/ä')).toBe('/a')
  expect(common('/a/b', '/a/b/c')).toBe('/a/b')
  expect(common('/a/b/c', '/e')).toBe('/')
})

it('gives paths of neighbours, of folders far apart and of names that are no UTF-8 in any order', () => {
  const paths = [
    '/a/b',
    '/a/b/c',
    `/${'deep/'.repeat(200)}file`,
    '/a/\udcff/x',
    '/a/b/d',
    '/z',
    `/a/b/${'n'.repeat(999)}`,
  ]
  const tree = treeOf(...paths)
  for (const path of [...paths, ...paths.toReversed(), '/']) expect(tree.path(tree.find(path) ?? -2)).toBe(path)
})
