import { expect, it } from 'vitest'
import { WindowMemory } from '../../../src/probe/binary/window-memory.ts'

it('gives large memory to the next file, once nothing reads it any more', () => {
  const [first, second, third] = [new WindowMemory(), new WindowMemory(), new WindowMemory()]
  const taken = first.take(100_000)
  expect(taken.length).toBe(100_000)
  expect(second.take(200_000).buffer).not.toBe(taken.buffer)
  first.release()
  first.release()
  const again = third.take(300_000)
  expect(again.length).toBe(300_000)
  expect(again.buffer).toBe(taken.buffer)
  expect(third.take(300_000).buffer).not.toBe(taken.buffer)
  expect(third.take(64 * 1024 * 1024).length).toBe(64 * 1024 * 1024)
})
