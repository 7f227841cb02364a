import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { memoryBytes } from '../../../src/bytes/memory.ts'
import { elf } from '../../elf.ts'
import { examined, passed, plain, read } from './read.ts'

/** Any ELF object can be a member; this one has GPU code. */
const object = readFileSync(new URL('../../../fixtures/gpu-code/rdc.so', import.meta.url))

function member(name: string, content: Buffer, size = content.length): Buffer {
  const header = `${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'644'.padEnd(8)}${String(size).padEnd(10)}\`\n`
  return Buffer.concat([Buffer.from(header, 'latin1'), content, Buffer.from(content.length % 2 === 1 ? '\n' : '')])
}

function archive(...members: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from('!<arch>\n'), ...members])
}

function readArchive(bytes: Buffer) {
  const binary = read(bytes, '/usr/lib/libx.a')
  expect(plain(passed('/usr/lib/libx.a', memoryBytes(bytes), 1000))).toEqual(plain(binary))
  return binary
}

const one = read(object).parts

describe('a static archive', () => {
  it.each([
    ['a plain name', archive(member('x.o/', object))],
    [
      'a symbol table and long names',
      archive(member('/', Buffer.alloc(7)), member('//', Buffer.from('long.o/\n')), member('/0', object)),
    ],
    ['a 64-bit symbol table', archive(member('/SYM64/', Buffer.alloc(80)), member('x.o/', object))],
    [
      'names as BSD has them',
      archive(member('__.SYMDEF SORTED', Buffer.alloc(90)), member('#1/20', Buffer.concat([Buffer.alloc(20), object]))),
    ],
    [
      'members that are no objects',
      archive(member('a/', Buffer.alloc(99)), member('x.o/', object), member('b/', Buffer.alloc(1))),
    ],
  ])('with %s has the parts of its member', (_, bytes) => {
    const { kind, parts, strippable, unread, gpu } = readArchive(bytes)
    expect({ kind, parts, strippable, unread }).toEqual({
      kind: 'archive',
      parts: one,
      strippable: [],
      unread: undefined,
    })
    expect(gpu?.bytes).toBe(one?.gpu)
    expect(gpu?.bytes).toBeGreaterThan(10_000)
  })

  it('sums its members', () => {
    const { parts } = readArchive(archive(member('x.o/', object), member('y.o/', object)))
    expect(parts).toEqual(Object.fromEntries(Object.entries(one ?? {}).map(([part, bytes]) => [part, bytes * 2])))
  })

  it('with many small members is sought over in few reads', () => {
    const bytes = archive(
      ...Array.from({ length: 500 }, () => member('x.o/', elf({ sections: { '.text': Buffer.alloc(8) } }))),
    )
    let reads = 0
    const content = memoryBytes(bytes)
    const counted = {
      size: bytes.length,
      stream: (start?: number, end?: number) => content.stream(start, end),
      read: (at: number, into: Buffer) => {
        reads++
        return content.read(at, into)
      },
    }
    expect(examined('/usr/lib/libc.a', counted)?.parts?.code).toBe(4000)
    expect(reads).toBeLessThan(200)
  })

  it('gives GPU code to no other part, whatever section it lies in', () => {
    const [fatbin] = read(object).gpu?.ranges() ?? []
    if (fatbin === undefined) throw new Error('no GPU code')
    const content = object.subarray(fatbin.start, fatbin.end)
    const debug = elf({ sections: { '.debug_x': content, '.text': Buffer.alloc(100) } })
    const { parts } = readArchive(archive(member('x.o/', debug)))
    expect(parts).toMatchObject({ debug: 0, code: 100, gpu: content.length })
  })

  it('says what was not read', () => {
    const narrow = Buffer.from(object)
    narrow[4] = 1
    const both = readArchive(archive(member('x.o/', object), member('y.o/', narrow)))
    expect(both.unread).toBe('is an archive with a member that is a 32-bit ELF file')
    expect(both.parts?.code).toBe(one?.code)
    expect(readArchive(archive(member('y.o/', narrow))).parts).toBeUndefined()
    expect(readArchive(archive(member('x.o/', object, object.length + 9))).unread).toBe('is a damaged archive')
    expect(readArchive(Buffer.concat([archive(member('x.o/', object)), Buffer.from('x.o')])).unread).toBe(
      'is an archive that is cut short',
    )
    const thin = Buffer.concat([Buffer.from('!<thin>\n'), member('x.o/', Buffer.alloc(0), 99)])
    expect(readArchive(thin).unread).toMatch(/^is a thin archive/)
  })
})
