import { describe, expect, it } from 'vitest'
import { memoryBytes } from '../../src/bytes/memory.ts'
import { slice } from '../../src/bytes/slice.ts'

const whole = memoryBytes(Buffer.from('0123456789'))

async function text(chunks: AsyncIterable<Buffer>): Promise<string> {
  let all = ''
  for await (const chunk of chunks) all += chunk.toString()
  return all
}

describe('slice', () => {
  it('streams its part, and parts of it', async () => {
    const part = slice(whole, 2, 8)
    expect(part.size).toBe(6)
    expect(await text(part.stream())).toBe('234567')
    expect(await text(part.stream(1, 3))).toBe('34')
    expect(await text(part.stream(4, 99))).toBe('67')
  })

  it('reads no further than its end', () => {
    const part = slice(whole, 2, 8)
    const into = Buffer.alloc(10, '.')
    expect(part.read(4, into)).toBe(2)
    expect(into.toString()).toBe('67........')
    expect(part.read(6, into)).toBe(0)
  })

  it('can be sliced again', async () => {
    expect(await text(slice(slice(whole, 2, 8), 1, 3).stream())).toBe('34')
  })

  it('has no read where the whole has none', () => {
    const passing = { size: 10, stream: whole.stream }
    expect(slice(passing, 1, 2).read).toBeUndefined()
  })

  it('must lie inside', () => {
    expect(() => slice(whole, 5, 11)).toThrow(RangeError)
    expect(() => slice(whole, 5, 4)).toThrow(RangeError)
    expect(() => slice(whole, -1, 4)).toThrow(RangeError)
  })
})
