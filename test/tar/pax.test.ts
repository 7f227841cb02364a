import { describe, expect, it } from 'vitest'
import { archive, file, header, longName, pax, records } from '../../fixtures/tar/build.ts'
import { readLimits } from '../../src/bytes/read-limits.ts'
import { failure } from '../bytes/failure.ts'
import { list, names } from './list.ts'

const first = (...parts: Buffer[]) => list(archive(...parts)).members[0]
const code = (...parts: Buffer[]) => failure(() => list(archive(...parts))).code

describe('PAX headers', () => {
  it('go before the fields of the header', () => {
    const values = { path: 'from/pax', linkpath: 'to/pax', mtime: '1234567890.75', uid: '4294967296', gid: '12' }
    expect(first(pax(values), header({ name: 'short', flag: '2', link: 'shorter' }))).toMatchObject({
      name: 'from/pax',
      target: 'to/pax',
      mtime: 1_234_567_890.75,
      uid: 4_294_967_296,
      gid: 12,
      span: 1536,
    })
  })

  it('have values with =, spaces, newlines and UTF-8, and none that is known', () => {
    expect(
      names(
        archive(
          pax([
            ['comment', 'x=y\n5 a=b\n'],
            ['path', 'a=b c\nd é €'],
          ]),
          header(),
        ),
      ),
    ).toEqual(['a=b c\nd é €'])
  })

  it('have values that are not UTF-8', () => {
    expect(
      names(
        archive(
          pax([
            ['hdrcharset', 'BINARY'],
            ['path', Buffer.from('\xe9', 'latin1')],
          ]),
          header(),
        ),
      ),
    ).toEqual(['\udce9'])
  })

  it('hold for one member only', () => {
    expect(names(archive(pax({ path: 'one' }), header({ name: 'a' }), header({ name: 'two' })))).toEqual(['one', 'two'])
  })

  it('say the size where the header cannot, or lies', () => {
    const data = Buffer.concat([Buffer.from('content'), Buffer.alloc(505)])
    for (const size of [0, 123_456]) {
      const { members } = list(archive(pax({ size: '7' }), header({ name: 'a', size }), data, file('b', '')))
      expect(members).toMatchObject([{ content: 7, stored: 7, span: 2048 }, { name: 'b' }])
    }
  })

  it('say no size for what has no data', () => {
    const { members } = list(archive(pax({ size: '600' }), header({ name: 'a', flag: '2' }), file('b', '')))
    expect(members).toMatchObject([{ content: 0, stored: 0 }, { name: 'b' }])
  })

  it('leave the header as it is where they are empty', () => {
    expect(first(pax({ path: '', linkpath: '', size: '', uid: '' }), file('a', 'x', { uid: 5 }))).toMatchObject({
      name: 'a',
      uid: 5,
      content: 1,
    })
    expect(first(pax(Buffer.alloc(0)), file('a', 'x'))).toMatchObject({ name: 'a', span: 1536 })
  })

  it('take back what they said', () => {
    expect(
      names(
        archive(
          pax([
            ['path', 'b'],
            ['path', ''],
          ]),
          header({ name: 'a' }),
        ),
      ),
    ).toEqual(['a'])
  })

  it('are taken back by a later one that is empty, as for Go', () => {
    const none = header({ flag: 'x', size: 0 })
    expect(first(pax({ path: 'one', size: '9' }), none, file('a', 'x'))).toMatchObject({ name: 'a', content: 1 })
  })

  it('have numbers of any length and sign, whole to their last digit', () => {
    const zeros = '0'.repeat(100)
    const size = { size: `${zeros}7`, uid: `+${zeros}8`, gid: '-5', mtime: '+1.' }
    expect(first(pax(size), header({ name: 'a', size: 1 }), file('', ''))).toMatchObject({
      content: 7,
      uid: 8,
      gid: -5,
      mtime: 1,
    })
    const long = Buffer.from(`${zeros}111 path=a\n`)
    expect(names(archive(pax(long), header()))).toEqual(['a'])
  })

  it('may be those of Solaris', () => {
    expect(names(archive(pax({ path: 'solaris' }, 'X'), header()))).toEqual(['solaris'])
  })

  it('are replaced by a later one for the same member', () => {
    expect(first(pax({ path: 'one' }), pax({ mtime: '7' }), header({ name: 'a' }))).toMatchObject({
      name: 'a',
      mtime: 7,
      span: 2560,
    })
  })

  it('cut names at a NUL, and end at one', () => {
    expect(names(archive(pax({ path: 'ab\0cd' }), header()))).toEqual(['ab'])
    expect(names(archive(pax(Buffer.concat([records({ path: 'a' }), Buffer.alloc(20)])), header()))).toEqual(['a'])
  })

  it('ignore junk where nothing rests on it', () => {
    expect(first(pax({ mtime: 'yesterday', uid: '-' }), header({ mtime: 5, uid: 6 }))).toMatchObject({
      mtime: 5,
      uid: 6,
    })
    expect(first(pax({ mtime: '-1.5' }), header({ mtime: 5 }))).toMatchObject({ mtime: -1.5 })
    expect(first(pax({ uid: '1.5' }), header({ uid: 6 }))).toMatchObject({ uid: 6 })
  })

  it('are errors when a record is none, or a size is', () => {
    for (const data of ['junk', '5 a=b', '99 path=a\n', '8 path=a\n', '0 a=b\n', '6 path\n', '-6 a=b\n', ' 6 a=b\n']) {
      expect([data, code(pax(Buffer.from(data)), header())]).toEqual([data, 'ARCHIVE_INVALID'])
    }
    for (const size of ['-1', '1e3', '0x10', '9007199254740993', '12 ']) {
      expect([size, code(pax({ size }), header())]).toEqual([size, 'ARCHIVE_INVALID'])
    }
  })

  it('are errors when they are larger than any engine takes, without being read', () => {
    const huge = header({ flag: 'x', size: readLimits.header + 1 })
    expect(failure(() => list(huge)).code).toBe('LIMIT')
    const many = Buffer.concat(Array(9).fill(pax(Buffer.alloc(2 ** 21))))
    expect(failure(() => list(many)).code).toBe('LIMIT')
    const large = [pax({ comment: 'x'.repeat(2 ** 23) }), header({ name: 'a' })]
    expect(names(archive(...large, ...large, ...large))).toEqual(['a', 'a', 'a'])
    expect(first(pax({ comment: 'x'.repeat(2 ** 23) }), header({ name: 'a' }))).toMatchObject({ name: 'a' })
  })
})

describe('global PAX headers', () => {
  it('hold for nothing, as for the engines, and count for the next member', () => {
    const { members } = list(archive(pax({ path: 'global', size: '9' }, 'g'), file('a', 'x'), file('b', 'x')))
    expect(members).toMatchObject([
      { name: 'a', content: 1, span: 2048 },
      { name: 'b', span: 1024 },
    ])
  })

  it('end what describes the member after them, as for Go', () => {
    const before = [pax({ path: 'x' }), longName('L'), longName('K', 'K')]
    const link = header({ name: 'a', flag: '2', link: 'b' })
    expect(first(...before, pax({ comment: 'x' }, 'g'), link)).toMatchObject({ name: 'a', target: 'b', span: 4608 })
  })

  it('that no member follows count for none', () => {
    const { members, end } = list(archive(file('a', 'x'), pax({ comment: 'x' }, 'g')))
    expect(members).toMatchObject([{ span: 1024 }])
    expect(end.end).toBe(3072)
  })
})

describe('GNU long names', () => {
  const long = 'd/'.repeat(300)

  it('name members and links', () => {
    const parts = [longName(`${long}to`, 'K'), longName(`${long}name`), header({ name: 'd/', flag: '2', link: 'd/' })]
    expect(first(...parts)).toMatchObject({ name: `${long}name`, target: `${long}to`, span: 3584 })
  })

  it('hold for one member only', () => {
    expect(names(archive(longName('one'), header({ name: 'a' }), header({ name: 'two' })))).toEqual(['one', 'two'])
  })

  it('go before a PAX path, whichever comes first, as for Go', () => {
    expect(names(archive(pax({ path: 'pax' }), longName('long'), header()))).toEqual(['long'])
    expect(names(archive(longName('long'), pax({ path: 'pax' }), header()))).toEqual(['long'])
  })

  it('that are empty leave the header as it is, and take back one before them', () => {
    for (const none of [header({ flag: 'L', size: 0 }), longName('')])
      expect(names(archive(longName('long'), none, header({ name: 'a' })))).toEqual(['a'])
    const link = header({ name: 'a', flag: '2', link: 'b' })
    expect(first(longName('long', 'K'), header({ flag: 'K', size: 0 }), link)).toMatchObject({ target: 'b' })
  })

  it('need no NUL, and are cut at one', () => {
    const bare = Buffer.concat([header({ flag: 'L', size: 3 }), Buffer.from('one'), Buffer.alloc(509)])
    expect(names(archive(bare, header()))).toEqual(['one'])
    expect(names(archive(longName('one\0two'), header()))).toEqual(['one'])
  })
})
