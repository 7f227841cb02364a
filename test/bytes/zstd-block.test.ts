import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { blockHeader, blockHeaderSize, unfoldFirstBlock, zstdFrameHeader } from '../../src/bytes/zstd-block.ts'

const frame = readFileSync(new URL('../../fixtures/gpu-code/sm_90.cubin.zst', import.meta.url))

describe('the header of a zstd frame', () => {
  it.each([
    ['28b52ffd 20 10', { size: 6, content: 16, checksum: 0 }],
    ['28b52ffd 04 58', { size: 6, content: undefined, checksum: 4 }],
    ['28b52ffd 60 0001', { size: 7, content: 512, checksum: 0 }],
    ['28b52ffd 80 58 00000100', { size: 10, content: 65_536, checksum: 0 }],
    ['28b52ffd e4 0000000001000000', { size: 13, content: 2 ** 32, checksum: 4 }],
    ['28b52ffd e0 ffffffffffffffff', { size: 13, content: undefined, checksum: 0 }],
  ])('%s', (hex, header) => {
    const bytes = Buffer.concat([Buffer.from(hex.replaceAll(' ', ''), 'hex'), Buffer.alloc(14)])
    expect(zstdFrameHeader(bytes)).toEqual(header)
  })

  it.each(['28b52ffd 21 10', '28b52ffd 28 10', '28b52ffc 20 10'])('%s is none that is read', hex => {
    const bytes = Buffer.concat([Buffer.from(hex.replaceAll(' ', ''), 'hex'), Buffer.alloc(14)])
    expect(zstdFrameHeader(bytes)).toBeUndefined()
  })
})

describe('the first block of a frame', () => {
  const { size, content } = zstdFrameHeader(frame) ?? { size: 0, content: 0 }
  const header = blockHeader(frame, size)
  const from = size + blockHeaderSize
  const stored = frame.subarray(from, from + header.stored)

  it('is unfolded at once, without a promise', () => {
    expect(header).toMatchObject({ last: true, type: 'compressed' })
    const unfolded = unfoldFirstBlock(header, stored)
    expect(unfolded).toHaveLength(content ?? 0)
    expect(unfolded?.toString('latin1', 0, 4)).toBe('\x7fELF')
  })

  it('is nothing where it is damaged, and the next one is not harmed by that', () => {
    const damaged = Buffer.from(stored)
    damaged.fill(0xff, 4, 40)
    expect(unfoldFirstBlock(header, damaged)).toBeUndefined()
    expect(unfoldFirstBlock(header, stored.subarray(0, 100))).toBeUndefined()
    expect(unfoldFirstBlock(header, stored)).toHaveLength(content ?? 0)
  })
})
