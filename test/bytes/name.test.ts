import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareNames, decodeName, encodeName, showName } from '../../src/bytes/name.ts'
import { missing } from './tools.ts'

/** Bytes that are often almost UTF-8. */
const nameBytes = fc
  .array(
    fc.oneof(
      fc.constantFrom('a', 'é', '€', '😀', '\u0000', '\uffff', '\ue000', '\u{10ffff}').map(text => Buffer.from(text)),
      fc
        .constantFrom('80', 'c0af', 'eda080', 'edb280', 'f4908080', 'e282', 'f09f98', 'ff', 'c3')
        .map(hex => Buffer.from(hex, 'hex')),
      fc.uint8Array({ maxLength: 4 }).map(bytes => Buffer.from(bytes)),
    ),
    { maxLength: 12 },
  )
  .map(parts => Buffer.concat(parts))

describe('decodeName', () => {
  it('leaves UTF-8 as it is', () => {
    for (const name of ['', 'usr/lib', 'naïve', '€', '😀/🚀', '\ufeffbom'])
      expect(decodeName(Buffer.from(name))).toBe(name)
  })

  it('escapes each byte that is not UTF-8', () => {
    expect(decodeName(Buffer.from('caf\xe9', 'latin1'))).toBe('caf\udce9')
    expect(decodeName(Buffer.from('61ff80c062', 'hex'))).toBe('a\udcff\udc80\udcc0b')
  })

  it('takes an encoded surrogate for three bytes that are not UTF-8', () => {
    expect(decodeName(Buffer.from('edb280', 'hex'))).toBe('\udced\udcb2\udc80')
  })

  it('keeps two names apart that a replacement character would make one', () => {
    expect(decodeName(Buffer.from([0x61, 0xe9]))).not.toBe(decodeName(Buffer.from([0x61, 0xe8])))
  })

  it('comes back as the same bytes', () => {
    fc.assert(
      fc.property(nameBytes, bytes => encodeName(decodeName(bytes)).equals(bytes)),
      { numRuns: 2000 },
    )
  })

  it.skipIf(missing('python3'))("escapes as Python's surrogateescape", () => {
    const samples = fc.sample(nameBytes, { numRuns: 500, seed: 7 })
    const script = `import sys
for line in sys.stdin: print(bytes.fromhex(line.strip()).decode('utf-8','surrogateescape').encode('utf-16-le','surrogatepass').hex())`
    const input = samples.map(bytes => `${bytes.toString('hex')}\n`).join('')
    const { stdout } = spawnSync('python3', ['-c', script], { input, encoding: 'utf8' })
    const theirs = stdout.split('\n').slice(0, samples.length)
    expect(samples.map(bytes => Buffer.from(decodeName(bytes), 'utf16le').toString('hex'))).toEqual(theirs)
  })
})

describe('compareNames', () => {
  it('orders by bytes', () => {
    fc.assert(
      fc.property(nameBytes, nameBytes, (a, b) => {
        expect(Math.sign(compareNames(decodeName(a), decodeName(b)))).toBe(Math.sign(Buffer.compare(a, b)))
      }),
      { numRuns: 2000 },
    )
  })

  it('is not fooled by UTF-16, where an emoji comes before U+FFFF', () => {
    expect('😀' < '\uffff').toBe(true)
    expect(compareNames('😀', '\uffff')).toBeGreaterThan(0)
  })

  it('puts a shorter name first', () => {
    expect(['b', 'ab', 'a/b', 'a', 'a-b'].sort(compareNames)).toEqual(['a', 'a-b', 'a/b', 'ab', 'b'])
  })
})

describe('showName', () => {
  it('leaves what prints', () => {
    expect(showName('usr/lib/é😀 x')).toBe('usr/lib/é😀 x')
  })

  it('escapes what could repaint a terminal', () => {
    expect(showName('a\x1b[2Jb\nc\x7fd\u009be')).toBe('a\\u001b[2Jb\\u000ac\\u007fd\\u009be')
  })

  it('escapes what could reorder a line', () => {
    expect(showName('\u202egnp.exe\u2066\u200f\u061c')).toBe('\\u202egnp.exe\\u2066\\u200f\\u061c')
  })

  it('escapes what nobody sees', () => {
    expect(showName('a\u200bb\u00ad\u2028\ufeff\ufe0f\uffff')).toBe('a\\u200bb\\u00ad\\u2028\\ufeff\\ufe0f\\uffff')
    expect(showName('\u{e0041}')).toBe('\\u{e0041}')
  })

  it('escapes what the runner of a CI job takes for a command', () => {
    expect(showName('a ##[error]b ##vso[c]d # ## [e] #[f]')).toBe('a \\u0023#[error]b \\u0023#vso[c]d # ## [e] #[f]')
  })

  it('shows bytes that are not UTF-8 as bytes, and emoji whole', () => {
    expect(showName(decodeName(Buffer.from('😀caf\xe9', 'utf8')))).toBe('😀café')
    expect(showName(decodeName(Buffer.from('caf\xe9', 'latin1')))).toBe('caf\\xe9')
  })
})
