import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sparkline } from '../../src/trend/sparkline.ts'

it.each([
  [[], ''],
  [[0, 0], '··'],
  [[1], '█'],
  [[0, 1, 125, 126, 500, 999, 1000], '·▁▁▂▄██'],
  [[6.3e9, 6.4e9], '██'],
])('draws %j as %s', (numbers, text) => {
  expect(sparkline(numbers)).toBe(text)
})

it('draws a larger number no lower, and nothing at all as 0', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(Number.MAX_SAFE_INTEGER), { minLength: 2 }), numbers => {
      const heights = [...sparkline(numbers)].map(character => '·▁▂▃▄▅▆▇█'.indexOf(character))
      expect(heights).toHaveLength(numbers.length)
      for (const [at, number] of numbers.entries()) {
        expect(heights[at] === 0).toBe(number === 0)
        for (const [other, held] of numbers.entries()) {
          if (number < held) expect(heights[at]).toBeLessThanOrEqual(heights[other] ?? Number.NaN)
        }
      }
    }),
    { numRuns: 50 },
  )
})
