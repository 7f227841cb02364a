import { spawnSync } from 'node:child_process'
import { crc32, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { inflater } from '../../src/bytes/inflate.ts'
import { chunked } from '../tar/list.ts'
import { content, flip, halves, outcome, parts } from './outcome.ts'
import { missing } from './tools.ts'

describe('gzip', () => {
  const whole = gzipSync(content)

  it('inflates one member', async () => {
    expect(await outcome('gzip', whole)).toBe('right')
  })

  it('inflates several members, empty ones among them', async () => {
    const members = [gzipSync(''), ...parts(half => gzipSync(half)), gzipSync('')]
    expect(await outcome('gzip', Buffer.concat(members))).toBe('right')
  })

  it('inflates what pigz writes', async () => {
    if (missing('pigz')) return
    const { stdout } = spawnSync('pigz', ['-p2', '-c'], { input: content })
    expect(await outcome('gzip', stdout)).toBe('right')
  })

  it('inflates header fields: name, comment, extra, checksum', async () => {
    const fields = Buffer.from([0x1f, 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 3, 2, 0, 0x61, 0x62, 0x6e, 0, 0x63, 0])
    const sum = Buffer.alloc(2)
    sum.writeUInt16LE(crc32(fields) & 0xffff)
    expect(await outcome('gzip', Buffer.concat([fields, sum, whole.subarray(10)]))).toBe('right')
  })

  it('takes zeros behind the end for padding', async () => {
    expect(await outcome('gzip', Buffer.concat([whole, Buffer.alloc(10_000)]))).toBe('right')
  })

  it('is an error with junk behind the end, behind zeros too', async () => {
    expect(await outcome('gzip', Buffer.concat([whole, Buffer.from('junk, and more of it')]))).toBe('ARCHIVE_INVALID')
    const padded = Buffer.concat([whole, Buffer.alloc(1000), Buffer.from('junk')])
    expect(await outcome('gzip', padded)).toBe('ARCHIVE_INVALID')
  })

  it('is an error when it is cut, anywhere', async () => {
    const two = Buffer.concat(parts(half => gzipSync(half)))
    const first = gzipSync(halves[0] ?? '').length
    for (const end of [
      0,
      1,
      9,
      10,
      11,
      500,
      first - 1,
      first + 1,
      first + 9,
      first + 20,
      two.length - 8,
      two.length - 1,
    ]) {
      expect([end, await outcome('gzip', two.subarray(0, end))]).toEqual([end, 'ARCHIVE_TRUNCATED'])
    }
  })

  it('is an error when a bit flipped', async () => {
    for (const at of [5000, whole.length - 6, whole.length - 2]) {
      expect(await outcome('gzip', flip(whole, at))).toBe('CHECKSUM_WRONG')
    }
  })

  it('counts what it consumed', async () => {
    const decoder = inflater('gzip', () => {})
    for await (const chunk of chunked(whole, [1000])) await decoder.push(chunk)
    await decoder.end()
    expect(decoder.consumed).toBe(whole.length)
  })
})
