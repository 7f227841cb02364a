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
