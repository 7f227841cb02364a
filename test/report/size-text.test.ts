import { describe, expect, it } from 'vitest'
import {
  exactText,
  parseLimit,
  parseSize,
  shareText,
  signedText,
  sizeHint,
  sizeText,
} from '../../src/report/size-text.ts'

describe('sizeText', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [999_499, '999 kB'],
    [999_500, '1.00 MB'],
    [12_345_678, '12.3 MB'],
    [6_123_456_789, '6.12 GB'],
    [2e12, '2.00 TB'],
    [Number.MAX_SAFE_INTEGER, '9.01 PB'],
  ])('%d is %s', (bytes, text) => {
    expect(sizeText(bytes)).toBe(text)
  })
})

describe('exactText', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [6_123_456_789, '6,123,456,789'],
  ])('%d is %s', (bytes, text) => {
    expect(exactText(bytes)).toBe(text)
  })
})

describe('signedText', () => {
  it.each([
    [0, '0 B', '0'],
    [310_000_000, '+310 MB', '+310,000,000'],
    [-1_200_000_000, '-1.20 GB', '-1,200,000,000'],
    [-1, '-1 B', '-1'],
  ])('%d is %s, exactly %s', (bytes, text, exact) => {
    expect(signedText(bytes)).toBe(text)
    expect(signedText(bytes, exactText)).toBe(exact)
  })
})

describe('shareText', () => {
  it.each([
    [0, 10, '0 %'],
    [1, 100_000, '<0.1 %'],
    [4, 1000, '0.4 %'],
    [28, 100, '28 %'],
    [9996, 10_000, '>99 %'],
    [10, 10, '100 %'],
  ])('%d of %d is %s', (part, whole, text) => {
    expect(shareText(part, whole)).toBe(text)
  })
})

describe('parseSize', () => {
  it.each([
    ['0', 0],
    ['1024', 1024],
    ['1024B', 1024],
    ['3GB', 3e9],
    ['3 gb', 3e9],
    ['1.5kB', 1500],
    ['500MiB', 524_288_000],
    ['1TiB', 2 ** 40],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes)
  })

  it.each(['', 'abc', '-1', '500M', '3G', '1iB', '1e9', '10%', '99999PB', 'GB', '1,5GB', '0.1', '1.5', '1.5B'])(
    'refuses %s',
    text => {
      expect(parseSize(text)).toBeUndefined()
    },
  )
})

describe('parseLimit', () => {
  it.each([
    ['500MB', { bytes: 5e8 }],
    ['10%', { share: 0.1 }],
    ['12.5 %', { share: 0.125 }],
  ])('%s', (text, limit) => {
    expect(parseLimit(text)).toEqual(limit)
  })

  it.each(['101%', '%', '-1%', 'x'])('refuses %s', text => {
    expect(parseLimit(text)).toBeUndefined()
  })
})

it.each([
  ['500M', 'say which of the two: 500MB (1000s) or 500MiB (1024s)'],
  ['1.5 k', 'say which of the two: 1.5kB (1000s) or 1.5KiB (1024s)'],
  ['500Mi', 'write it like 500MiB'],
  ['0.1', 'write it like 3GB'],
])('says how to write %s', (text, hint) => {
  expect(sizeHint(text, '3GB')).toBe(hint)
})
