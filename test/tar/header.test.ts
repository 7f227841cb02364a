import { describe, expect, it } from 'vitest'
import { archive, base256, file, gnuMagic, header, octal, summed } from '../../fixtures/tar/build.ts'
import { failure } from '../bytes/failure.ts'
import { list, names } from './list.ts'

/** The first member of an archive that begins with these parts. */
const first = (...parts: Buffer[]) => list(archive(...parts)).members[0]
const types = (bytes: Buffer) => list(bytes).members.map(member => [member.name, member.type, member.content])

describe('fields', () => {
  it('are all read', () => {
    const block = header({ name: 'a', mode: 0o104755, uid: 1000, mtime: 1_234_567_890, over: { 116: octal(1001, 8) } })
    expect(first(block)).toEqual({
      name: 'a',
      type: 'file',
      content: 0,
      stored: 0,
      span: 512,
      start: 512,
      mode: 0o4755,
      uid: 1000,
      gid: 1001,
      mtime: 1_234_567_890,
    })
  })

  it('may be base-256', () => {
    const block = header({ uid: base256(3_000_000_000n, 8), mtime: base256(-86_400n, 12) })
    expect(first(block)).toMatchObject({ uid: 3_000_000_000, mtime: -86_400 })
    const large = { 100: base256(2n ** 55n + 0o4755n, 8), 108: base256(2n ** 55n, 8) }
    expect(first(header({ over: large }))).toMatchObject({ mode: 0o4755, uid: 0 })
  })

  it('that nothing rests on are 0 when they are junk', () => {
    expect(first(header({ mtime: Buffer.from('yesterday') }))).toMatchObject({ mtime: 0 })
  })

  it('may have a signed checksum', () => {
    expect(names(archive(summed(header({ name: Buffer.from('caf\xe9', 'latin1') }), true)))).toEqual(['caf\udce9'])
  })
})

describe('names', () => {
  it('of exactly 100 bytes end without a NUL', () => {
    const name = 'n'.repeat(100)
    expect(names(archive(file(name, 'x', { mode: 0o777 })))).toEqual([name])
  })

  it('go on in the prefix, of 155 bytes, with POSIX magic only', () => {
    const prefix = 'p'.repeat(155)
    expect(names(archive(header({ name: 'n', prefix })))).toEqual([`${prefix}/n`])
    for (const magic of ['', 'ustar', 'ustar00', 'ustar   '])
      expect([magic, names(archive(header({ name: 'n', prefix: 'junk', magic })))]).toEqual([
        magic,
        magic === 'ustar' ? ['junk/n'] : ['n'],
      ])
  })

  it('have a prefix in GNU headers where there should be times, as Go wrote them before 1.8', () => {
    const named = (...over: [string, string]) =>
      names(archive(header({ name: 'n', magic: gnuMagic, over: { 345: over[0], 357: over[1] } })))[0]
    expect(named('folder', '')).toBe('folder/n')
    expect(named('folder/folder', '/folder')).toBe('folder/folde/folder/n')
    expect(named('00000000001\0', 'ctime')).toBe('00000000001/n')
    expect(named('00000000001 ', '00000000002 ')).toBe('n')
    expect(named('\xe9t\xe9', '')).toBe('n')
    expect(named('', 'ctime')).toBe('n')
  })

  it('go on in the prefix of 131 bytes that star writes', () => {
    const times = { 476: '00000000001 00000000002 ' }
    for (const over of [times, { ...times, 508: 'tar\0' }])
      expect(names(archive(header({ name: 'n', prefix: 'p'.repeat(130), over })))).toEqual([`${'p'.repeat(130)}/n`])
    const full = header({ name: 'n', prefix: 'p'.repeat(131), over: { ...times, 508: 'tar\0' } })
    expect(names(archive(full))).toEqual([`${'p'.repeat(131)}/n`])
  })

  it('are kept as written, and apart, when they are not UTF-8', () => {
    const odd = [Buffer.from('\xe9', 'latin1'), Buffer.from('\xe8', 'latin1'), './a', '/a', 'a/', '../a', 'a\nb']
    expect(names(archive(...odd.map(name => header({ name }))))).toEqual(['\udce9', '\udce8', ...odd.slice(2)])
  })
})

describe('types', () => {
  it('are what the flag says', () => {
    const flags = ['\0', '0', '7', '1', '2', '3', '4', '5', '6']
    expect(types(archive(...flags.map(flag => header({ flag, name: 'n', link: 't' })))).map(each => each[1])).toEqual([
      'file',
      'file',
      'file',
      'hardlink',
      'symlink',
      'device',
      'device',
      'directory',
      'fifo',
    ])
  })

  it('of v7 are directories when the name ends with a slash', () => {
    const v7 = header({ name: 'd/', flag: '\0', magic: '', size: 5 })
    expect(types(archive(v7, file('a', 'x')))).toEqual([
      ['d/', 'directory', 0],
      ['a', 'file', 1],
    ])
    expect(types(archive(file('f/', 'x')))).toEqual([['f/', 'file', 1]])
  })

  it('that are unknown are files, as POSIX has it, and so is the rest of one from another volume', () => {
    for (const flag of ['8', 'Z', 'A', 'N', 'M', 'I']) {
      expect(types(archive(file('n', 'content', { flag }), file('b', '')))).toEqual([
        ['n', 'file', 7],
        ['b', 'file', 0],
      ])
    }
  })

  it('have a target when they are links', () => {
    expect(first(header({ flag: '2', link: 'to\xe9' }))).toMatchObject({ target: 'to\xe9' })
    expect(first(header({ flag: '1', link: 'to' }))).toMatchObject({ target: 'to' })
    expect(first(header({ flag: '0', link: 'to' }))?.target).toBeUndefined()
  })

  it('of links, directories, devices and pipes have no data, whatever their size says', () => {
    for (const flag of ['1', '2', '3', '4', '5', '6']) {
      const { members } = list(archive(header({ name: 'n', flag, size: 600, link: 't' }), file('next', 'x')))
      expect(members.map(member => [member.name, member.content, member.stored, member.span])).toEqual([
        ['n', 0, 0, 512],
        ['next', 1, 1, 1024],
      ])
    }
  })

  it('of GNU dumps are directories with data', () => {
    const { members } = list(archive(file('d/', 'Yfile\0\0', { flag: 'D', magic: gnuMagic }), file('next', 'x')))
    expect(members[0]).toMatchObject({ type: 'directory', content: 0, stored: 7, span: 1024 })
    expect(members[1]).toMatchObject({ name: 'next' })
  })

  it('of volume labels are no members, and count for the next one', () => {
    const { members, end } = list(archive(header({ name: 'label', flag: 'V', magic: gnuMagic }), file('a', 'x')))
    expect(members).toMatchObject([{ name: 'a', span: 1536 }])
    expect(end.members).toBe(1)
  })
})

describe('sizes', () => {
  it('may be base-256', () => {
    expect(first(file('a', 'twelve bytes', { size: base256(12n, 12) }))).toMatchObject({ content: 12, span: 1024 })
  })

  it('that are negative, junk or beyond 2^53 are errors, but only where data follows', () => {
    for (const size of [
      base256(-1n, 12),
      base256(2n ** 60n, 12),
      Buffer.from('1234567890a\0'),
      Buffer.from('-0000000001\0'),
    ]) {
      for (const flag of ['0', 'x', 'g', 'L', 'S'])
        expect(failure(() => list(archive(file('a', '', { size, flag })))).code).toBe('ARCHIVE_INVALID')
      expect(names(archive(header({ name: 'a', flag: '5', size }), file('b', '')))).toEqual(['a', 'b'])
    }
  })
})
