import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { archive, base256, file, header, pax } from '../../fixtures/tar/build.ts'
import type { SeekableBytes } from '../../src/bytes/bytes.ts'
import { openFile } from '../../src/bytes/file.ts'
import { memoryBytes } from '../../src/bytes/memory.ts'
import { slice } from '../../src/bytes/slice.ts'
import type { Member } from '../../src/tar/member.ts'
import { TarReader } from '../../src/tar/read.ts'
import { readSeekable } from '../../src/tar/seek.ts'
import { failure } from '../bytes/failure.ts'

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgaudit-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function members(bytes: SeekableBytes): Member[] {
  const found: Member[] = []
  readSeekable(bytes, new TarReader({ onMember: member => void found.push(member) }))
  return found
}

describe('readSeekable', () => {
  const size = 9_000_000_000
  const padded = Math.ceil(size / 512) * 512

  it.each([
    ['base-256', header({ name: 'model.safetensors', size: base256(BigInt(size), 12) })],
    ['PAX', Buffer.concat([pax({ size: String(size) }), header({ name: 'model.safetensors' })])],
  ])('jumps over a member of more than 8 GiB, its size in %s', (_, head) => {
    const path = join(folder, 'large.tar')
    const fd = openSync(path, 'w')
    const rest = archive(file('next', 'x'))
    writeSync(fd, head, 0, head.length, 0)
    writeSync(fd, rest, 0, rest.length, head.length + padded)
    closeSync(fd)
    const large = openFile(path)
    expect(members(large)).toMatchObject([
      { name: 'model.safetensors', content: size, stored: size, span: head.length + padded, start: head.length },
      { name: 'next', start: head.length + padded + 512 },
    ])
    large.close()
  })

  it('finds that a large member is cut short without reading it', () => {
    const path = join(folder, 'cut.tar')
    const fd = openSync(path, 'w')
    writeSync(fd, header({ name: 'a', size: base256(BigInt(size), 12) }))
    ftruncateSync(fd, size)
    closeSync(fd)
    const cut = openFile(path)
    expect(failure(() => members(cut)).code).toBe('ARCHIVE_TRUNCATED')
    cut.close()
  })

  it('reads a part of a file: a layer in an archive that holds layers uncompressed', () => {
    const inner = archive(file('a', 'x'), file('b', Buffer.alloc(50_000)))
    const outer = memoryBytes(archive(file('first', 'x'), file('layer.tar', inner)))
    const layer = members(outer)[1]
    if (!layer) throw new Error('no layer')
    const part = slice(outer, layer.start, layer.start + layer.stored)
    expect(members(part).map(member => member.name)).toEqual(['a', 'b'])
  })

  it('reads little: headers and what lies near them', () => {
    const bytes = memoryBytes(archive(...Array.from({ length: 50 }, (_, i) => file(`f${i}`, Buffer.alloc(200_000)))))
    let total = 0
    const read = (at: number, into: Buffer) => {
      total += into.length
      return bytes.read(at, into)
    }
    expect(members({ ...bytes, read })).toHaveLength(50)
    expect(total).toBeLessThan(51 * 16 * 1024)
  })

  it('reads wanted content in large pieces', () => {
    const bytes = memoryBytes(archive(file('a', Buffer.alloc(20_000_000))))
    let reads = 0
    const read = (at: number, into: Buffer) => {
      reads++
      return bytes.read(at, into)
    }
    const content = { push: (chunk: Buffer, at: number) => at + chunk.length, end: () => {} }
    readSeekable({ ...bytes, read }, new TarReader({ onMember: () => content }))
    expect(reads).toBeLessThan(30)
  })
})
