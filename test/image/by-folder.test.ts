import { expect, it } from 'vitest'
import { ByFolder } from '../../src/image/by-folder.ts'
import { PathTree } from '../../src/image/path-tree.ts'

it('asks once for each folder, by its path with a slash at its end', () => {
  const tree = new PathTree()
  const asked: string[] = []
  const folders = new ByFolder(tree, folder => asked.push(folder))
  const around = (path: string) => folders.around(tree.add(path))
  expect(['/a/b/c', '/a/x', '/a/b/d', '/top', '/a/b'].map(around)).toEqual([1, 2, 1, 3, 2])
  expect(asked).toEqual(['/a/b/', '/a/', '/'])
})
