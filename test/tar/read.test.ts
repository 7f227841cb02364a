import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { archive, endMarker, file, header, longName, pax } from '../../fixtures/tar/build.ts'
import { TarReader } from '../../src/tar/read.ts'
import { failure } from '../bytes/failure.ts'
import { list, listStream, names } from './list.ts'
import { mixed } from './mixed.ts'

const one = file('one', 'first')
const two = file('two', 'second')

describe('the end of an archive', () => {
  it('is two blocks of zeros; what follows is no part of it', () => {
    const phantom = Buffer.concat([archive(one), file('stargz.index.json', '{}'), archive(two)])
    const { members, end } = list(phantom)
    expect(members.map(member => member.name)).toEqual(['one'])
    expect(end).toEqual({ members: 1, end: 2048, markerMissing: false })
  })

  it('may be filled up, or be followed by anything', () => {
    for (const tail of [Buffer.alloc(8192), Buffer.from('junk'), Buffer.alloc(513, 7)]) {
      expect(list(Buffer.concat([archive(one), tail])).end).toEqual({ members: 1, end: 2048, markerMissing: false })
    }
  })

  it('may have no marker', () => {
    expect(list(one).end).toEqual({ members: 1, end: 1024, markerMissing: true })
    expect(list(Buffer.alloc(0)).end).toEqual({ members: 0, end: 0, markerMissing: true })
  })

  it('may be one block of zeros, even when something follows that is no block of zeros', () => {
    const lone = Buffer.concat([one, Buffer.alloc(512)])
    expect(list(lone).end).toEqual({ members: 1, end: 1536, markerMissing: true })
    expect(list(Buffer.concat([lone, two])).end).toEqual({ members: 1, end: 1536, markerMissing: true })
    expect(names(Buffer.concat([lone, two, endMarker]))).toEqual(['one'])
  })

  it('may be cut in the marker', () => {
    for (const length of [1, 511, 513, 1023]) {
      expect(list(Buffer.concat([one, Buffer.alloc(length)])).end).toMatchObject({ members: 1, markerMissing: true })
    }
  })

  it('may come before the padding of the last content, as umoci leaves it', () => {
    const content = file('a', 'x'.repeat(600))
    for (const length of [512 + 600, 512 + 601, 512 + 1023]) {
      for (const wants of [() => true, () => false]) {
        const cut = list(Buffer.concat([one, content.subarray(0, length)]), wants)
        expect(cut.end).toEqual({ members: 2, end: 1024 + length, markerMissing: true })
        expect(String(cut.contents[1] ?? 'x'.repeat(600))).toBe('x'.repeat(600))
      }
    }
  })

  it('may be all there is: the empty layer', () => {
    expect(list(endMarker)).toEqual({ members: [], contents: [], end: { members: 0, end: 1024, markerMissing: false } })
  })

  it('is infinitely far when it has come', () => {
    const reader = new TarReader({ onMember: () => undefined })
    expect(reader.push(archive(one), 0)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('a damaged archive', () => {
  it('whose first block is no header is no tar', () => {
    for (const bytes of [Buffer.alloc(512, 'x'), Buffer.from(`{"a":"${'b'.repeat(2000)}"}`)]) {
      expect(failure(() => list(bytes)).code).toBe('ARCHIVE_INVALID')
    }
  })

  it('has a header whose checksum is wrong', () => {
    const damaged = archive(one, two)
    damaged[1024] = 0x58
    expect(failure(() => list(damaged))).toMatchObject({
      code: 'CHECKSUM_WRONG',
      message: expect.stringContaining('1024'),
    })
    const atStart = archive(one)
    atStart[0] = 0x58
    expect(failure(() => list(atStart)).code).toBe('CHECKSUM_WRONG')
  })

  it('is cut in a header', () => {
    for (const length of [1, 100, 511, 1025, 1535]) {
      const cut = Buffer.concat([one, two]).subarray(0, length)
      expect([length, failure(() => list(cut)).code]).toEqual([length, 'ARCHIVE_TRUNCATED'])
    }
  })

  it('is cut in content, and names the member', () => {
    const bytes = Buffer.concat([one, file('a\nb', 'x'.repeat(1000))])
    for (const length of [1536, 1537, 2535]) {
      for (const wants of [() => true, () => false]) {
        const error = failure(() => list(bytes.subarray(0, length), wants))
        expect(error).toMatchObject({ code: 'ARCHIVE_TRUNCATED', message: expect.stringContaining('a\\u000ab') })
        expect(error.message).toContain(String(length))
      }
    }
  })

  it('is cut between what describes a member and the member', () => {
    for (const part of [pax({ path: 'a' }), longName('a'), longName('a', 'K')]) {
      expect(failure(() => list(Buffer.concat([one, part]))).code).toBe('ARCHIVE_TRUNCATED')
      expect(list(archive(one, part)).end.members).toBe(1)
    }
  })

  it('that was cut anywhere gives members of the whole or an error, and the same on every way', async () => {
    const whole = list(mixed, () => true)
    expect(whole.end.members).toBe(6)
    for (let length = 0; length <= mixed.length; length += 128) {
      const cut = mixed.subarray(0, length)
      const outcome = await settle(async () => list(cut, () => true))
      for (const sizes of [[512], [333]])
        expect(await settle(() => listStream(cut, sizes, () => true))).toEqual(outcome)
      if (typeof outcome === 'string') continue
      expect(whole.members.slice(0, outcome.members.length)).toEqual(outcome.members)
    }
  })

  it('never gives anything but a result or an error of ours, whatever bit flipped', () => {
    fc.assert(
      fc.property(fc.nat(mixed.length * 8 - 1), fc.nat(255), (bit, value) => {
        const damaged = Buffer.from(mixed)
        damaged[bit >> 3] = bit % 2 ? value : (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        if (bit % 4 > 1) repairSums(damaged)
        try {
          list(damaged, () => true)
        } catch (error) {
          failure(() => {
            throw error
          })
        }
      }),
      { numRuns: 3000 },
    )
  })
})

async function settle<T>(action: () => Promise<T>): Promise<T | string> {
  return action().catch(error => failure(() => raise(error)).code)
}

function raise(error: unknown): never {
  throw error
}

/** So that damage gets past the checksum: every block that looks like a header gets a right one. */
function repairSums(bytes: Buffer): void {
  for (let at = 0; at + 512 <= bytes.length; at += 512) {
    if (bytes.toString('latin1', at + 257, at + 262) !== 'ustar') continue
    const block = bytes.subarray(at, at + 512)
    block.fill(' ', 148, 156)
    const sum = block.reduce((total, byte) => total + byte, 0)
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  }
}

describe('spans', () => {
  it('and what follows the last member are the whole archive', () => {
    const { members } = list(mixed)
    const spans = members.reduce((total, member) => total + member.span, 0)
    expect(spans + endMarker.length).toBe(mixed.length)
  })

  it('hold the headers before a member, its content and its padding', () => {
    const { members } = list(archive(longName('a'), pax({ mtime: '1' }), file('b', 'x'.repeat(513))))
    expect(members).toMatchObject([{ span: 1024 + 1024 + 512 + 1024, start: 2560, stored: 513 }])
  })
})

describe('an archive of unknown size', () => {
  it('ends with what was pushed', () => {
    const reader = new TarReader({ onMember: () => undefined })
    reader.push(archive(one), 0)
    expect(reader.end()).toEqual({ members: 1, end: 2048, markerMissing: false })
  })

  it('is cut when skipped content did not come and no marker did', () => {
    const reader = new TarReader({ onMember: () => undefined })
    reader.push(one.subarray(0, 512), 0)
    expect(failure(() => reader.end()).code).toBe('ARCHIVE_TRUNCATED')
  })
})

describe('seeking, streaming and any chunking', () => {
  const part = fc.oneof(
    fc
      .tuple(fc.string({ minLength: 1, maxLength: 100, unit: 'grapheme-ascii' }), fc.nat(3000))
      .map(([name, size]) => file(name.replaceAll('\0', '_').replace(/\/$/, '_'), Buffer.alloc(size, 'content'))),
    fc.string({ minLength: 1, maxLength: 900 }).map(name => longName(name.replaceAll('\0', '_'))),
    fc.record({ path: fc.string(), comment: fc.string({ maxLength: 1500 }) }).map(values => pax(values)),
    fc.constantFrom('1', '2', '5', '6').map(flag => header({ name: 'n', flag, link: 'target', size: 77 })),
    fc.constant(pax({ comment: 'all' }, 'g')),
  )

  it('give the same members, contents and end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 6 }),
        fc.nat(3),
        async (parts, sizes, every) => {
          const bytes = archive(...parts, one)
          const wants = ({ span }: { span: number }) => every > 0 && (span / 512) % every === 0
          const sought = list(bytes, wants)
          expect(await listStream(bytes, sizes, wants)).toEqual(sought)
          const spans = sought.members.reduce((total, member) => total + member.span, 0)
          expect(spans + endMarker.length).toBe(bytes.length)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('give the same for single bytes', async () => {
    expect(await listStream(mixed, [1], () => true)).toEqual(list(mixed, () => true))
  })

  it('is a mistake of the driver when it leaves out what was wanted', () => {
    const reader = new TarReader({ onMember: () => undefined })
    expect(() => reader.push(Buffer.alloc(512), 512)).toThrow(RangeError)
  })
})
