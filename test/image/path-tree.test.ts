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
