import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Budget } from '../../../src/probe/budget.ts'
import { RpmHeader } from '../../../src/probe/rpm/header.ts'
import { rpmPackage } from '../../../src/probe/rpm/package.ts'
import { rpmHeaders } from '../../../src/probe/rpm/sqlite.ts'
import { headerOf, rpmdb } from './fixture.ts'

const name = { 1000: 'x', 1001: '1.2', 1002: '3' }
const facts = (tags: Parameters<typeof headerOf>[0]) => rpmPackage(headerOf({ ...name, ...tags }), new Budget())

describe('a header', () => {
  it('gives the version as rpm writes it', () => {
    expect(facts({})?.version).toBe('1.2-3')
    expect(facts({ 1003: [2] })?.version).toBe('2:1.2-3')
    expect(facts({ 1003: [0] })?.version).toBe('0:1.2-3')
  })

  it('gives files that were brought: no folders, no ghosts, none that was left out or replaced', () => {
    const files = ['a', 'folder', 'ghost', 'replaced', 'left-out', 'shared', 'b']
    const found = facts({
      1117: files,
      1118: ['/usr/bin/', '/'],
      1116: [0, 0, 0, 0, 0, 0, 1],
      1030: [0o100755, 0o040755, 0o100644, 0o100644, 0o100644, 0o120777, 0o100644],
      1037: [1, 0, 64, 0, 0, 0, 16],
      1029: [0, 0, 0, 1, 2, 3, 0],
    })
    expect(found?.paths).toEqual(['/usr/bin/a', '/usr/bin/shared', '/b'])
  })

  it('gives clean paths whatever stands in it', () => {
    const odd = { 1117: ['../../etc/x', 'y'], 1118: ['/a/', 'relative/'], 1116: [0, 1] }
    expect(facts(odd)?.paths).toEqual(['/etc/x', '/relative/y'])
  })

  it('takes rich dependencies for all that they name, and rpm itself for nothing', () => {
    const requires = ['a', 'rpmlib(X)', '((b >= 1.0 and libc.so.6()(64bit)) or (d if e else f))', 'a', '/bin/sh']
    expect(facts({ 1049: requires })?.requires).toEqual(['a', 'b', 'libc.so.6()(64bit)', 'd', 'e', 'f', '/bin/sh'])
  })

  it.each<[string, Parameters<typeof headerOf>[0]]>([
    ['a file in no folder', { 1117: ['a'], 1118: ['/'], 1116: [1] }],
    ['more files than folders are named for', { 1117: ['a', 'b'], 1118: ['/'], 1116: [0] }],
    ['no name', { 1000: '' }],
  ])('with %s is damaged', (_, tags) => {
    expect(() => facts(tags)).toThrow(RangeError)
  })

  it('that names a long folder a million times is given up in time', () => {
    const files = Array.from({ length: 200_000 }, (_, at) => `${at}`)
    const start = performance.now()
    expect(facts({ 1117: files, 1118: [`/${'x'.repeat(1_000_000)}/`], 1116: files.map(() => 0) })).toBeUndefined()
    expect(performance.now() - start).toBeLessThan(5000)
  })

  it('that says it has more than it has is damaged', () => {
    const whole = headerOf(name)
    for (let end = 0; end < whole.length; end++) {
      expect(() => rpmPackage(whole.subarray(0, end), new Budget()), `${end}`).toThrow(RangeError)
    }
    const values = Buffer.from(whole)
    values.writeUInt32BE(0xffffffff, 8 + 12)
    expect(new RpmHeader(values).text(1000)).toBe('x')
    expect(() => new RpmHeader(values).texts(1000)).not.toThrow(TypeError)
  })
})

function thrownBy(action: () => unknown): unknown {
  try {
    action()
    return undefined
  } catch (error) {
    return error
  }
}

describe('any bytes', () => {
  const read = (bytes: Uint8Array) => {
    const error = thrownBy(() => rpmPackage(bytes, new Budget()))
    if (error !== undefined) expect(error).toBeInstanceOf(RangeError)
  }

  it('are a package, or no header', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), read), { numRuns: 2000 })
    const count = fc.nat({ max: 4 })
    const noise = fc.tuple(count, fc.uint8Array({ minLength: 100, maxLength: 300 })).map(([entries, bytes]) => {
      const header = Buffer.from(bytes)
      header.writeUInt32BE(entries, 0)
      header.writeUInt32BE(Math.max(0, header.length - 8 - entries * 16), 4)
      return header
    })
    fc.assert(fc.property(noise, read), { numRuns: 2000 })
  })

  it('in place of a few of a true header are, too', async () => {
    const headers: Uint8Array[] = []
    for await (const header of rpmHeaders(rpmdb('installed'))) headers.push(header)
    expect(headers.length).toBe(2)
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 })
    // Half of them in the index, which says where everything is.
    const near = fc.tuple(fc.constantFrom(...headers), changes, fc.boolean())
    fc.assert(
      fc.property(near, ([header, places, inIndex]) => {
        const damaged = Buffer.from(header)
        for (const [place, byte] of places) damaged[place % (inIndex ? 600 : damaged.length)] = byte
        read(damaged)
      }),
      { numRuns: 5000 },
    )
  })
})
