import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Range, Ranges } from '../../src/savings/ranges.ts'

const range = fc.tuple(fc.nat(60), fc.nat(60)).map(([a, b]): Range => [Math.min(a, b), Math.max(a, b)])

it('counts every byte once, however ranges overlap', () => {
  fc.assert(
    fc.property(fc.array(range), taken => {
      const ranges = new Ranges()
      const bytes = new Set<number>()
      for (const [start, end] of taken) {
        const before = bytes.size
        for (let at = start; at < end; at++) bytes.add(at)
        expect(ranges.take([start, end])).toBe(bytes.size - before)
        expect(ranges.bytes).toBe(bytes.size)
      }
    }),
  )
})
