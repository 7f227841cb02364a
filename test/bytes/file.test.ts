import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFile } from '../../src/bytes/file.ts'
import { ImgauditError } from '../../src/error.ts'
import { failure } from './failure.ts'

let folder = ''
const content = Buffer.alloc(2_500_000, 'imgaudit ')

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgaudit-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function place(name: string, bytes: Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const copies: Buffer[] = []
  for await (const chunk of chunks) copies.push(Buffer.from(chunk))
  return Buffer.concat(copies)
}

describe('openFile', () => {
  it('reads whole and in part', async () => {
    const file = openFile(place('whole', content))
    expect(file.size).toBe(content.length)
    expect((await collect(file.stream())).equals(content)).toBe(true)
    expect((await collect(file.stream(1_000_000, 2_200_001))).equals(content.subarray(1_000_000, 2_200_001))).toBe(true)
    expect((await collect(file.stream(5, 5))).length).toBe(0)
    file.close()
  })

  it('streams chunks of at most 1 MiB', async () => {
    const file = openFile(place('chunks', content))
    for await (const chunk of file.stream()) expect(chunk.length).toBeLessThanOrEqual(1024 * 1024)
    file.close()
  })

  it('leaves a chunk as it is until the next one is asked for', async () => {
    const pieces = Buffer.alloc(5 * 1024 * 1024, 'a')
    for (const [number, letter] of ['b', 'c', 'd', 'e'].entries()) pieces.fill(letter, (number + 1) * 1024 * 1024)
    const file = openFile(place('ahead', pieces))
    let at = 0
    for await (const chunk of file.stream()) {
      await new Promise(resolve => setTimeout(resolve, 20))
      expect(chunk.equals(pieces.subarray(at, at + chunk.length))).toBe(true)
      at += chunk.length
    }
    expect(at).toBe(pieces.length)
    file.close()
  })

  it('is not held up by a reader that stopped', async () => {
    const file = openFile(place('stopped', content))
    for await (const _ of file.stream()) break
    truncateSync(join(folder, 'stopped'), 0)
    file.close()
    await new Promise(resolve => setTimeout(resolve, 20))
  })

  it('reads at an offset, up to the end and not behind it', () => {
    const file = openFile(place('offset', content))
    const into = Buffer.alloc(1000)
    expect(file.read(1_234_567, into)).toBe(1000)
    expect(into.equals(content.subarray(1_234_567, 1_235_567))).toBe(true)
    expect(file.read(content.length - 10, into)).toBe(10)
    expect(file.read(content.length, into)).toBe(0)
    expect(file.read(content.length + 10, into)).toBe(0)
    file.close()
  })

  it('says that there is no such file, and shows its name harmless', () => {
    const error = failure(() => openFile(join(folder, 'no\u001bsuch')))
    expect(error).toMatchObject({ code: 'FILE_UNREADABLE', message: expect.stringContaining('no\\u001bsuch') })
  })

  it('says that a directory is none', () => {
    mkdirSync(join(folder, 'directory'))
    expect(failure(() => openFile(join(folder, 'directory')))).toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringContaining('a directory'),
    })
    expect(failure(() => openFile('/dev/null')).message).toContain('device')
  })

  it.skipIf(process.getuid?.() === 0)('says that it may not be read', () => {
    const path = place('secret', content)
    chmodSync(path, 0)
    expect(failure(() => openFile(path)).message).toContain('may not be read')
  })

  it('is an error when it shrinks while it is read, never fewer bytes', async () => {
    const path = place('shrinking', content)
    const file = openFile(path)
    truncateSync(path, 1_500_000)
    expect(failure(() => file.read(1_400_000, Buffer.alloc(200_000))).code).toBe('ARCHIVE_TRUNCATED')
    await expect(collect(file.stream())).rejects.toMatchObject({ code: 'ARCHIVE_TRUNCATED' })
    file.close()
  })

  it('may be closed twice, and cannot be read after that', async () => {
    const file = openFile(place('closed', content))
    file.close()
    file.close()
    expect(failure(() => file.read(0, Buffer.alloc(1)))).toBeInstanceOf(ImgauditError)
    await expect(collect(file.stream())).rejects.toBeInstanceOf(ImgauditError)
  })
})
