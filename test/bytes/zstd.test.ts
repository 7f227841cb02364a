import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { inflater } from '../../src/bytes/inflate.ts'
import { chunked } from '../tar/list.ts'
import { failure } from './failure.ts'
import { content, flip, noZstd, outcome, parts, push, raise, zstd } from './outcome.ts'

describe.skipIf(noZstd)('zstd', () => {
  const whole = noZstd ? content : zstd(content)
  const skippable = Buffer.concat([Buffer.from('5a2a4d18', 'hex'), Buffer.from([7, 0, 0, 0]), Buffer.alloc(7, 1)])

  it('inflates one frame', async () => {
    expect(await outcome('zstd', whole)).toBe('right')
    expect(await outcome('zstd', zstd(content, '-19', '--no-check'))).toBe('right')
  })

  it('inflates several frames, empty and skippable ones among them', async () => {
    const [first, second] = parts(half => zstd(half))
    const frames = [
      skippable,
      zstd(Buffer.alloc(0)),
      first ?? skippable,
      skippable,
      skippable,
      second ?? skippable,
      skippable,
    ]
    expect(await outcome('zstd', Buffer.concat(frames))).toBe('right')
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

  it('is an error when it is cut, anywhere', async () => {
    const [first, second] = parts(half => zstd(half))
    const two = Buffer.concat([first ?? skippable, second ?? skippable])
    const middle = first?.length ?? 0
    for (const end of [
      0,
      1,
      4,
      5,
      9,
      500,
      middle - 1,
      middle + 1,
      middle + 3,
      middle + 9,
      two.length - 4,
      two.length - 1,
    ]) {
      expect([end, await outcome('zstd', two.subarray(0, end))]).toEqual([end, 'ARCHIVE_TRUNCATED'])
    }
    expect(await outcome('zstd', Buffer.concat([whole, skippable.subarray(0, 10)]))).toBe('ARCHIVE_TRUNCATED')
  })

  it('is an error when a bit flipped', async () => {
    // The last is the checksum; the others lie in random content, which nothing but the checksum vouches for.
    for (const at of [5000, 20_000, whole.length - 2])
      expect(await outcome('zstd', flip(whole, at))).toBe('CHECKSUM_WRONG')
  })

  it('is an error with junk behind the end', async () => {
    expect(await outcome('zstd', Buffer.concat([whole, Buffer.from('junk, and more of it')]))).toBe('ARCHIVE_INVALID')
    expect(await outcome('zstd', Buffer.concat([whole, Buffer.alloc(100)]))).toBe('ARCHIVE_INVALID')
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
