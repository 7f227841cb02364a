import { describe, expect, it } from 'vitest'
import { archive, file, header } from '../../fixtures/tar/build.ts'
import { headSize, sniff } from '../../src/bytes/sniff.ts'

const hex = (digits: string) => Buffer.from(digits, 'hex')

describe('sniff', () => {
  it('knows compressions by magic', () => {
    expect(sniff(hex('1f8b08000000'))).toBe('gzip')
    expect(sniff(hex('28b52ffd0458'))).toBe('zstd')
    expect(sniff(hex('fd377a585a0000'))).toBe('xz')
    expect(sniff(Buffer.from('BZh91AY&SY'))).toBe('bzip2')
    expect(sniff(Buffer.from('BZh0'))).toBe('unknown')
  })

  it('takes a skippable frame for zstd', () => {
    for (const nibble of '0123456789abcdef') expect(sniff(hex(`5${nibble}2a4d1804000000`))).toBe('zstd')
    expect(sniff(hex('602a4d1804000000'))).toBe('unknown')
  })

  it('knows a tar by its magic, even with a wrong checksum', () => {
    const damaged = archive(file('a', 'x'))
    damaged[0] = 0x62
    expect(sniff(damaged)).toBe('tar')
    expect(sniff(damaged.subarray(0, headSize))).toBe('tar')
  })

  it('knows a v7 tar by its checksum, whatever its name looks like', () => {
    expect(sniff(header({ magic: '', name: 'a' }))).toBe('tar')
    expect(sniff(header({ magic: '', name: '{"a"' }))).toBe('tar')
    const damaged = header({ magic: '', name: 'a' })
    damaged[0] = 0x62
    expect(sniff(damaged)).toBe('unknown')
  })

  it('takes nothing, and zeros, for an empty archive', () => {
    expect(sniff(Buffer.alloc(0))).toBe('empty')
    expect(sniff(Buffer.alloc(512))).toBe('empty')
    expect(sniff(Buffer.alloc(1024))).toBe('empty')
    expect(sniff(Buffer.alloc(100))).toBe('unknown')
  })

  it('knows JSON behind white space', () => {
    expect(sniff(Buffer.from(' \n{"a":1}'))).toBe('json')
    expect(sniff(Buffer.from('[{"Config"'))).toBe('json')
    expect(sniff(Buffer.from('x{'))).toBe('unknown')
  })
})
