import { describe, expect, it } from 'vitest'
import { LibraryNames } from '../../../src/probe/binary/library-names.ts'

function found(bytes: Buffer, chunkSize = bytes.length): (readonly [string, number])[] {
  const names = new LibraryNames()
  for (let at = 0; at < bytes.length; at += chunkSize) names.push(bytes.subarray(at, at + chunkSize), at)
  return names.end().map(({ name, at }) => [name, at] as const)
}

const long = `lib${'x'.repeat(110)}.so.1.2.3`
const text = [
  'libcudnn_ops.so.9\0',
  '/usr/lib/libz.so\0',
  'cannot open libfoo-2.0+x.so.1: no such file\0',
  'is it libbar.so.2.\0',
  'libfoo.source lib.so .so foo.so.1 LIBX.so\0',
  `${'libglib-2.0.so.0'}\0${long}\0lib${'y'.repeat(140)}.so\0`,
  '%slibm.so.%d\0',
].join('')
const names = ['libcudnn_ops.so.9', 'libz.so', 'libfoo-2.0+x.so.1', 'libbar.so.2', 'libglib-2.0.so.0', long, 'libm.so']

describe('names of libraries', () => {
  const bytes = Buffer.from(`${'\0'.repeat(300)}${text}${'.'.repeat(700)}${text}libend.so.1`, 'latin1')

  it('are found with where they stand', () => {
    const hits = found(bytes)
    expect(hits.map(([name]) => name)).toEqual([...names, ...names, 'libend.so.1'])
    for (const [name, at] of hits) expect(bytes.toString('latin1', at, at + name.length)).toBe(name)
  })

  it.each([1, 2, 3, 7, 64, 127, 128, 255, 256, 257, 300, 511, 1000])('are the same in chunks of %i', size => {
    expect(found(bytes, size)).toEqual(found(bytes))
  })

  it('are not put together over a gap', () => {
    const names = new LibraryNames()
    names.push(Buffer.from('xx libfo'), 0)
    names.push(Buffer.from('o.so.1 libz.s'), 100)
    names.push(Buffer.from('o.1'), 200)
    names.push(Buffer.from('libc.so.6'), 300)
    names.push(Buffer.from('6'), 400)
    expect(names.end().map(({ name }) => name)).toEqual(['libc.so.6'])
  })
})
