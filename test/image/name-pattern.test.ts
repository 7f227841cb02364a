import fc from 'fast-check'
import { expect, it } from 'vitest'
import { NamePattern, nodesLike } from '../../src/image/name-pattern.ts'
import { PathTree } from '../../src/image/path-tree.ts'

it('finds the nodes whose names begin or end so, and no others', () => {
  const ways = fc.array(fc.constantFrom('a', 'ab', '.', '.so', 'ä', 'b.so', '_key'), { maxLength: 3 })
  const name = fc.array(fc.constantFrom('a', 'b', '.', '.so', 'ä', '_key'), { minLength: 1, maxLength: 4 })
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map(names => `/${names.map(at => at.join('')).join('/')}`)
  fc.assert(
    fc.property(ways, ways, fc.array(path), (starts, ends, paths) => {
      const tree = new PathTree()
      for (const added of paths) tree.add(added)
      const nodes = Array.from({ length: tree.size - 1 }, (_, at) => at + 1)
      const like = nodes.filter(node => {
        const own = tree.name(node)
        return starts.some(start => own.startsWith(start)) || ends.some(end => own.endsWith(end))
      })
      expect(nodesLike(tree, new NamePattern({ starts, ends }))).toEqual(like)
    }),
  )
})
