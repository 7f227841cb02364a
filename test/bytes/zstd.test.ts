import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { inflater } from '../../src/bytes/inflate.ts'
import { chunked } from '../tar/list.ts'
import { failure } from './failure.ts'
import { content, noZstd, outcome, push, raise, zstd } from './outcome.ts'
import { corpus } from './zstd-corpus.ts'

describe.skipIf(noZstd)('zstd', () => {
  const whole = noZstd ? content : zstd(content)

  it.each(corpus)('inflates, or names the fault of: $name', async ({ bytes, outcome: expected }) => {
    expect(await outcome('zstd', bytes)).toBe(expected)
  })

  it('ends right when the content fills the output buffer to the byte', async () => {
    for (const size of [131_072, 262_144, 131_071, 131_073]) {
      const bytes = randomBytes(size)
      for (const options of [[], ['--no-check']])
        expect((await push('zstd', zstd(bytes, ...options))).equals(bytes)).toBe(true)
    }
  })

  it('inflates ten thousand times its input, in bounded steps', async () => {
    let longest = 0
    let total = 0
    const decoder = inflater('zstd', chunk => {
      longest = Math.max(longest, chunk.length)
      total += chunk.length
    })
    await decoder.push(zstd(Buffer.alloc(200_000_000)))
    await decoder.end()
    expect(total).toBe(200_000_000)
    expect(longest).toBeLessThanOrEqual(131_072)
  })

  it('reads windows of 128 MiB and names larger ones', async () => {
    const large = Buffer.alloc(140 * 2 ** 20)
    content.copy(large)
    content.copy(large, large.length - content.length)
    const read = await push('zstd', zstd(large, '--long=27', '-1'), [1024 * 1024])
    expect(read.equals(large)).toBe(true)
    const tooLarge = await push('zstd', zstd(large, '--long=28', '-1'), [1]).catch(error => error)
    expect(failure(() => raise(tooLarge))).toMatchObject({
      code: 'COMPRESSION_UNKNOWN',
      message: expect.stringMatching(/window of (256|140) MiB/),
      fix: expect.stringContaining('--long=31'),
    })
  })

  it('counts what it consumed', async () => {
    const decoder = inflater('zstd', () => {})
    for await (const chunk of chunked(whole, [1000])) await decoder.push(chunk)
    await decoder.end()
    expect(decoder.consumed).toBe(whole.length)
  })

  it('inflates two streams at once', async () => {
    const other = Buffer.from(content).reverse()
    const [a, b] = await Promise.all([push('zstd', whole, [999]), push('zstd', zstd(other), [777])])
    expect(a.equals(content) && b.equals(other)).toBe(true)
  })
})
