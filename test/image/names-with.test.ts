import fc from 'fast-check'
import { expect, it } from 'vitest'
import { nodesWith } from '../../src/image/names-with.ts'
import { PathTree } from '../../src/image/path-tree.ts'

const letter = fc.constantFrom('g', 'f', 'x', 'y')
const name = fc.array(letter, { minLength: 1, maxLength: 6 }).map(letters => letters.join(''))
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map(parts => `/${parts.join('/')}`)

it('finds each name that has the letters, and none that only begins with some and goes on with others', () => {
  fc.assert(
    fc.property(fc.array(path), paths => {
      const tree = new PathTree()
      for (const path of paths) tree.add(path)
      const expected = []
      for (let node = 0; node < tree.size; node++) if (tree.name(node).includes('gfx')) expected.push(node)
      expect(nodesWith(tree, 'gfx')).toEqual(expected)
    }),
  )
})
