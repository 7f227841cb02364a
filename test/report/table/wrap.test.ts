import { describe, expect, it } from 'vitest'
import { clip, shortPath, wrap, wrapSentence } from '../../../src/report/table/wrap.ts'

describe('wrap', () => {
  it.each([
    ['a b c', 3, ['a b', 'c']],
    ['abcdefgh ij', 4, ['abcd', 'efgh', 'ij']],
    ['', 10, []],
    ['  a   b ', 10, ['a b']],
    ['模型模型 a', 4, ['模型', '模型', 'a']],
    ['🙂🙂🙂', 2, ['🙂', '🙂', '🙂']],
  ])('%j in %d columns', (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines)
  })

  it('loses the middle of long paths only where it may', () => {
    expect(wrapSentence('see /aaaa/bbbb/cccc/d.bin now', 12, false)).toEqual(['see', '/aaa…/d.bin', 'now'])
    expect(wrapSentence('see /aaaa/bbbb/cccc/d.bin now', 12, true)).toEqual(['see', '/aaaa/bbbb/c', 'ccc/d.bin', 'now'])
  })
})

describe('clip', () => {
  it('marks what it cuts', () => {
    expect(clip(['a', 'b'], 2, 10)).toEqual(['a', 'b'])
    expect(clip(['a', 'bcdefghij', 'c'], 2, 9)).toEqual(['a', 'bcdefgh …'])
    expect(clip(['- RUN a', '  && b', '  && c'], 2, 9)).toEqual(['- RUN a', '  && b …'])
  })
})

describe('shortPath', () => {
  it.each([
    ['/a/b', 10, '/a/b'],
    ['/aaaa/bbbb/cccc/d.bin', 12, '/aaa…/d.bin'],
    ['模型模型模型模型', 8, '模…模型'],
  ])('%s in %d columns', (path, width, short) => {
    expect(shortPath(path, width)).toBe(short)
  })
})
