import { describe, expect, it } from 'vitest'
import { base256 } from '../../fixtures/tar/build.ts'
import { readNumber } from '../../src/tar/number.ts'

const read = (field: string | Buffer) => {
  const bytes = Buffer.concat([Buffer.from('7'), Buffer.from(field), Buffer.from('7')])
  return readNumber(bytes, 1, bytes.length - 2)
}

describe('readNumber', () => {
  it('reads octal, however it is filled up', () => {
    for (const field of ['0000755\0', '0000755 ', '   755 \0', '755\0\0\0\0\0', '\0\x000755 '])
      expect(read(field)).toBe(0o755)
    expect(read('777777777777')).toBe(8 ** 12 - 1)
  })

  it('takes an empty field for 0', () => {
    for (const field of ['\0\0\0\0\0\0\0\0', '        ', ' \0      ']) expect(read(field)).toBe(0)
  })

  it('reads base-256 of either sign', () => {
    for (const value of [0n, 1n, 255n, 2n ** 33n, 2n ** 53n - 1n, -1n, -62_135_596_800n, -(2n ** 53n) + 1n]) {
      expect(read(base256(value, 12))).toBe(Number(value))
    }
    expect(read(base256(3_000_000_000n, 8))).toBe(3_000_000_000)
    expect(read(Buffer.from('ffffffffffffff85', 'hex'))).toBe(-123)
  })

  it('ends at a NUL', () => {
    for (const field of ['755\0junk', '755\x000000']) expect(read(field)).toBe(0o755)
  })

  it('is no number for junk, signs, decimals and what is beyond 2^63', () => {
    for (const field of ['00000x5\0', '-0000005', '8       ', '75z5    ', '75 5    ', '75 \x005   '])
      expect(read(field)).toBeNaN()
    expect(read(base256(2n ** 53n, 12))).toBe(2 ** 53)
    expect(read(base256(2n ** 63n, 12))).toBeNaN()
    expect(read(base256(-(2n ** 64n), 12))).toBeNaN()
  })
})
