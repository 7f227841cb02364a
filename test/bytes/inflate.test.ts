import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { compressionOf, inflate, inflater } from '../../src/bytes/inflate.ts'
import { failure } from './failure.ts'
import { content, halves, noZstd, parts, pull, raise, zstd } from './outcome.ts'
import { missing } from './tools.ts'

describe('inflate', () => {
  it('goes by what the bytes begin with', async () => {
    expect((await pull(gzipSync(content), undefined, [3])).equals(content)).toBe(true)
    if (!noZstd) expect((await pull(zstd(content), undefined, [3])).equals(content)).toBe(true)
    expect((await pull(content, undefined, [100_000])).equals(content)).toBe(true)
    expect(await pull(Buffer.alloc(0))).toHaveLength(0)
    expect((await pull(Buffer.from('short'))).toString()).toBe('short')
  })

  it('names a compression that it cannot read', async () => {
    for (const format of ['xz', 'bzip2'] as const) {
      if (missing(format)) continue
      const bytes = spawnSync(format, ['-c'], { input: content }).stdout
      const error = await pull(bytes).catch(error => error)
      expect(failure(() => raise(error))).toMatchObject({
        code: 'COMPRESSION_UNKNOWN',
        fix: expect.stringContaining(format),
      })
    }
    expect(failure(() => compressionOf('xz')).code).toBe('COMPRESSION_UNKNOWN')
  })

  it('stops when nobody asks for more, and lets go of the source', async () => {
    for (const bytes of [gzipSync(content), content]) {
      let closed = false
      const source = async function* () {
        try {
          for (;;) yield bytes
        } finally {
          closed = true
        }
      }
      for await (const _ of inflate(source())) break
      await new Promise(resolve => setTimeout(resolve, 50))
      expect(closed).toBe(true)
    }
  })

  it('asks for little more than is taken', async () => {
    const bytes = gzipSync(randomBytes(1024 * 1024))
    let asked = 0
    const source = async function* () {
      for (; asked < 50; asked++) yield bytes
    }
    let taken = 0
    for await (const chunk of inflate(source())) {
      taken += chunk.length
      if (taken < 3_000_000) await new Promise(resolve => setTimeout(resolve, 50))
      expect(asked).toBeLessThanOrEqual(taken / 2 ** 20 + 4)
    }
    expect(taken).toBe(50 * 2 ** 20)
  })

  it('hands on the errors of the source', async () => {
    const source = async function* () {
      yield gzipSync(content).subarray(0, 5000)
      throw new Error('the disk is gone')
    }
    const read = async () => {
      for await (const _ of inflate(source()));
    }
    await expect(read()).rejects.toThrow('the disk is gone')
  })
})

describe('inflater', () => {
  it('hands on the errors of who takes the chunks, and emits nothing after them', async () => {
    for (const [compression, bytes] of [
      ['gzip', gzipSync(content)],
      ['plain', content],
      ['zstd', noZstd ? content : zstd(content)],
    ] as const) {
      if (noZstd && compression === 'zstd') continue
      let calls = 0
      const decoder = inflater(compression, () => {
        calls++
        throw new Error('enough')
      })
      await expect((async () => decoder.push(bytes))()).rejects.toThrow('enough')
      expect(calls).toBe(1)
    }
  })

  it('has emitted all that it can when a push settles', async () => {
    const members = parts(half => gzipSync(half))
    let total = 0
    const decoder = inflater('gzip', chunk => {
      total += chunk.length
    })
    await decoder.push(members[0] ?? content)
    expect(total).toBe(halves[0]?.length)
    await decoder.push(members[1] ?? content)
    expect(total).toBe(content.length)
    await decoder.end()
  })

  it('keeps the memory of a gzip bomb bounded', async () => {
    const bomb = Buffer.concat(Array(20).fill(gzipSync(Buffer.alloc(50_000_000))))
    let total = 0
    let most = 0
    const before = process.memoryUsage().arrayBuffers
    const decoder = inflater('gzip', chunk => {
      total += chunk.length
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    })
    await decoder.push(bomb)
    await decoder.end()
    expect(total).toBe(1_000_000_000)
    expect(most).toBeLessThan(200 * 2 ** 20)
  })
})
