import { describe, expect, it } from 'vitest'
import { archive, blocks, file, gnuMagic, header, octal, pax } from '../../fixtures/tar/build.ts'
import { failure } from '../bytes/failure.ts'
import { list } from './list.ts'

const runs = (...pairs: [number, number][]) =>
  Buffer.concat(pairs.flatMap(pair => pair.map(number => octal(number, 12))))
const toRuns = (...pairs: [number, number][]) => pairs.map(([offset, length]) => ({ offset, length }))

const first = (...parts: Buffer[]) => list(archive(...parts, file('next', ''))).members[0]
const code = (...parts: Buffer[]) => failure(() => list(archive(...parts))).code

/** Header of a sparse file in GNU's old format. */
function old(stored: number, real: number, pairs: [number, number][], more = 0): Buffer {
  const over = { 386: runs(...pairs), 482: Buffer.of(more), 483: octal(real, 12) }
  return header({ name: 's', flag: 'S', size: stored, magic: gnuMagic, over })
}

function continuation(pairs: [number, number][], more = 0): Buffer {
  const block = Buffer.alloc(512)
  runs(...pairs).copy(block)
  block[504] = more
  return block
}

describe('old GNU sparse files', () => {
  it('have stored and logical size', () => {
    const member = first(
      old(600, 12_000_000_000 % 8 ** 11, [
        [512, 512],
        [5_000_000, 88],
      ]),
      blocks(Buffer.alloc(600, 1)),
    )
    expect(member).toMatchObject({
      type: 'file',
      stored: 600,
      span: 1536,
      start: 512,
      sparse: toRuns([512, 512], [5_000_000, 88]),
    })
    expect(member?.content).toBe(12_000_000_000 % 8 ** 11)
  })

  it('go on in further headers, which are part of their span', () => {
    const pairs = Array.from({ length: 30 }, (_, i): [number, number] => [i * 1000, 10])
    const parts = [
      old(300, 40_000, pairs.slice(0, 4), 1),
      continuation(pairs.slice(4, 25), 1),
      continuation([...pairs.slice(25), [40_000, 0]]),
    ]
    const { members, contents } = list(archive(...parts, blocks(Buffer.alloc(300, 7)), file('next', '')), () => true)
    expect(members).toMatchObject([
      { content: 40_000, stored: 300, start: 1536, span: 2048, sparse: toRuns(...pairs) },
      { name: 'next', start: 2560 },
    ])
    expect(contents[0]?.equals(Buffer.alloc(300, 7))).toBe(true)
  })

  it('may be holes only', () => {
    expect(first(old(0, 9000, [[9000, 0]]))).toMatchObject({ content: 9000, stored: 0, span: 512, sparse: [] })
  })

  it('end their runs at an offset that is empty, not at a length, as for Go and libarchive', () => {
    const over = {
      386: Buffer.concat([
        octal(10, 12),
        Buffer.alloc(12),
        octal(20, 12),
        octal(5, 12),
        Buffer.alloc(12),
        octal(9, 12),
      ]),
      483: octal(100, 12),
    }
    const member = first(header({ flag: 'S', size: 5, magic: gnuMagic, over }), blocks('hello'))
    expect(member).toMatchObject({ content: 100, stored: 5, sparse: toRuns([20, 5]) })
  })

  it('have no name in PAX records of their own', () => {
    const values = { 'GNU.sparse.name': 'other', 'GNU.sparse.map': '0,5' }
    expect(first(pax(values), old(5, 100, [[0, 5]]), blocks('hello'))).toMatchObject({ name: 's', content: 100 })
  })

  it('of star have their fields elsewhere', () => {
    const over = {
      355: Buffer.of(0),
      356: runs([0, 5]),
      452: octal(9000, 12),
      476: '00000000001 00000000002 ',
      508: 'tar\0',
    }
    expect(first(header({ flag: 'S', size: 5, over }), blocks('hello'))).toMatchObject({
      content: 9000,
      stored: 5,
      sparse: toRuns([0, 5]),
    })
  })

  it('are errors when runs go back, over the end, or beyond what is stored', () => {
    const data = blocks(Buffer.alloc(20))
    for (const pairs of [
      [
        [10, 10],
        [15, 5],
      ],
      [[995, 10]],
      [
        [0, 10],
        [100, 11],
      ],
    ] as [number, number][][]) {
      expect(code(old(20, 1000, pairs), data)).toBe('ARCHIVE_INVALID')
    }
  })

  it('are errors when headers go on without end', () => {
    const block = continuation([], 1)
    expect(code(old(0, 1000, [], 1), Buffer.concat(Array(33_000).fill(block)))).toBe('LIMIT')
  })
})

describe('PAX sparse files', () => {
  const data = blocks('0123456789')
  const wanted = { name: 'real/name', content: 5000, stored: 10, sparse: toRuns([100, 4], [4000, 6]) }

  it('of format 0.0 have a record for each number', () => {
    const values: [string, string][] = [
      ['GNU.sparse.size', '5000'],
      ['GNU.sparse.numblocks', '2'],
      ['GNU.sparse.offset', '100'],
      ['GNU.sparse.numbytes', '4'],
      ['GNU.sparse.offset', '4000'],
      ['GNU.sparse.numbytes', '6'],
    ]
    expect(first(pax(values), header({ name: 'real/name', size: 10 }), data)).toMatchObject({
      ...wanted,
      span: 2048,
      start: 1536,
    })
  })

  it('of format 0.1 have a map in one record, and a name of their own', () => {
    const values = { 'GNU.sparse.size': '5000', 'GNU.sparse.name': 'real/name', 'GNU.sparse.map': '100,4,4000,6' }
    expect(first(pax(values), header({ name: 'GNUSparseFile.1/name', size: 10 }), data)).toMatchObject({
      ...wanted,
      span: 2048,
      start: 1536,
    })
  })

  const version1 = {
    'GNU.sparse.major': '1',
    'GNU.sparse.minor': '0',
    'GNU.sparse.name': 'real/name',
    'GNU.sparse.realsize': '5000',
  }

  it('of format 1.0 have a map in front of the data', () => {
    const map = blocks('2\n100\n4\n4000\n6\n')
    const { members, contents } = list(
      archive(pax(version1), header({ size: 522 }), map, data, file('next', '')),
      () => true,
    )
    expect(members).toMatchObject([
      { ...wanted, span: 2560, start: 2048 },
      { name: 'next', start: 3072 },
    ])
    expect(contents[0]?.toString()).toBe('0123456789')
  })

  it('of format 1.0 may have a map of many blocks, numbers across them', () => {
    const pairs = Array.from({ length: 400 }, (_, i): [number, number] => [i * 10, 1])
    const map = blocks(`400\n${pairs.flat().join('\n')}\n`)
    const stored = blocks(Buffer.alloc(400, 3))
    const member = first(pax(version1), header({ size: map.length + 400 }), map, stored)
    expect(member).toMatchObject({ stored: 400, start: 1536 + map.length, sparse: toRuns(...pairs) })
    expect(member?.span).toBe(1536 + map.length + stored.length)
  })

  it('are errors when the map is none, or does not end where the data does', () => {
    for (const map of ['x\n', '1\n-1\n4\n', '1\n\n4\n', '9'.repeat(20), '2\n100\n4\n', '1\n100\n4000\n']) {
      expect([map, code(pax(version1), header({ size: 522 }), blocks(map), data)]).toEqual([map, 'ARCHIVE_INVALID'])
    }
    expect(code(pax(version1), header({ size: 0 }))).toBe('ARCHIVE_INVALID')
    expect(code(pax({ 'GNU.sparse.size': '5000', 'GNU.sparse.map': '1,2,3' }), header({ size: 10 }), data)).toBe(
      'ARCHIVE_INVALID',
    )
  })

  it.each([
    { major: '2', minor: '0' },
    { major: '1', minor: '1' },
    { major: '1', minor: '' },
    { major: '0', minor: '2' },
    { major: '', minor: '0' },
  ])('of an unknown format are no sparse files, and have no name of their own, as for Go: %o', ({ major, minor }) => {
    const values = { ...version1, 'GNU.sparse.major': major, 'GNU.sparse.minor': minor, 'GNU.sparse.map': '100,10' }
    const member = first(pax(values), header({ name: 'stored', size: 10 }), data)
    expect(member).toMatchObject({ name: 'stored', content: 10, stored: 10, sparse: undefined })
  })

  it('have the size of 0.x before that of 1.0, and separate records before a map, in any order, as for Go', () => {
    const numbers: [string, string][] = [
      ['GNU.sparse.offset', '100'],
      ['GNU.sparse.numbytes', '10'],
    ]
    const others: [string, string][] = [
      ['GNU.sparse.size', '5000'],
      ['GNU.sparse.numblocks', '1'],
      ['GNU.sparse.realsize', '7000'],
      ['GNU.sparse.map', '200,10'],
    ]
    for (const values of [
      [...others, ...numbers],
      [...numbers, ...others],
    ])
      expect(first(pax(values), header({ size: 10 }), data)).toMatchObject({ content: 5000, sparse: toRuns([100, 10]) })
  })

  it('have the size of what is stored where they say none, or an empty one', () => {
    const values = { 'GNU.sparse.size': '', 'GNU.sparse.realsize': '', 'GNU.sparse.map': '0,10' }
    expect(first(pax(values), header({ size: 10 }), data)).toMatchObject({ content: 10, sparse: toRuns([0, 10]) })
  })

  it('are errors when their logical size is none, but only where there is such a file', () => {
    const values = { 'GNU.sparse.size': '-1', 'GNU.sparse.map': '0,10' }
    expect(code(pax(values), header({ size: 10 }), data)).toBe('ARCHIVE_INVALID')
    expect(first(pax(values), pax({}), header({ name: 'a', size: 10 }), data)).toMatchObject({ name: 'a', content: 10 })
  })

  it('are errors when more is stored than the map has room for: Go unpacks no such file', () => {
    const less = { 'GNU.sparse.size': '5000', 'GNU.sparse.map': '100,4' }
    expect(code(pax(less), header({ size: 10 }), data)).toBe('ARCHIVE_INVALID')
    expect(code(pax(version1), header({ size: 522 }), blocks('1\n100\n4\n'), data)).toBe('ARCHIVE_INVALID')
    expect(code(old(10, 5000, [[100, 4]]), data)).toBe('ARCHIVE_INVALID')
    const none = { 'GNU.sparse.major': '0', 'GNU.sparse.minor': '1', 'GNU.sparse.size': '5000' }
    expect(code(pax(none), header({ size: 10 }), data)).toBe('ARCHIVE_INVALID')
  })

  it('may be holes only, by an empty map or, where they say their version, by none', () => {
    const hole = { content: 5000, stored: 0, span: 1536, sparse: [] }
    const size = { 'GNU.sparse.size': '5000', 'GNU.sparse.numblocks': '0' }
    const version = { 'GNU.sparse.major': '0', 'GNU.sparse.minor': '1' }
    expect(first(pax({ ...size, 'GNU.sparse.map': '5000,0' }), header())).toMatchObject(hole)
    expect(first(pax({ ...size, ...version, 'GNU.sparse.map': '' }), header())).toMatchObject(hole)
    expect(first(pax({ ...size, ...version }), header())).toMatchObject(hole)
    const map = blocks('0\n')
    expect(first(pax(version1), header({ size: 512 }), map)).toMatchObject({ ...hole, span: 2048 })
  })
})

describe('a logical size without a map', () => {
  it.each([
    { 'SCHILY.realsize': '5000' },
    { 'SCHILY.realsize': '5' },
    { 'GNU.sparse.size': '5000' },
    { 'GNU.sparse.realsize': '5000' },
    { 'GNU.sparse.size': '5000', 'GNU.sparse.map': '' },
  ])('makes no sparse file, as for Go: %o', values => {
    expect(first(pax(values), header({ size: 10 }), blocks('0123456789'))).toMatchObject({
      content: 10,
      stored: 10,
      span: 2048,
      sparse: undefined,
    })
  })

  it('of star goes before the field of a map in the header, but not before one of GNU tar', () => {
    const over = { 356: runs([0, 5]), 452: octal(9000, 12), 476: '00000000001 00000000002 ', 508: 'tar\0' }
    const star = header({ flag: 'S', size: 5, over })
    const realsize = pax({ 'SCHILY.realsize': '12000000000' })
    expect(first(realsize, star, blocks('hello'))).toMatchObject({ content: 12_000_000_000, stored: 5 })
    expect(first(realsize, old(5, 9000, [[0, 5]]), blocks('hello'))).toMatchObject({ content: 9000, stored: 5 })
  })
})
