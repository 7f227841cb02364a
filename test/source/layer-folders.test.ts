import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { SeekableBytes } from '../../src/bytes/bytes.ts'
import { Crc64 } from '../../src/bytes/crc64.ts'
import { memoryBytes } from '../../src/bytes/memory.ts'
import type { Reader } from '../../src/bytes/reader.ts'
import { Checksums } from '../../src/image/checksums.ts'
import { seekLayer } from '../../src/image/indexer.ts'
import type { LayerIndex } from '../../src/image/layer-index.ts'
import { layerBinds } from '../../src/source/docker/folder-binds.ts'
import { checkedSize } from '../../src/source/layer/checked-reader.ts'
import { FolderContents } from '../../src/source/layer/folder-contents.ts'
import { openFolderFile } from '../../src/source/layer/folder-file.ts'
import { SeekContents } from '../../src/source/layer/seek-contents.ts'
import { digest, type Parts, tarOf } from '../archive.ts'
import { Collector } from '../tar/list.ts'
import { failure, scratch } from './open.ts'

const release = Buffer.from('ID=x\n')

async function indexOf(parts: Parts): Promise<LayerIndex> {
  const tar = await tarOf(parts)
  return seekLayer(memoryBytes(tar), digest(tar))
}

/** What is wanted of a layer: its entries by their ordinals. */
function wantedOf(index: LayerIndex, ...ordinals: readonly number[]) {
  return { index, readers: new Map(ordinals.map(ordinal => [ordinal, new Collector()])) }
}

describe("a layer's folder", async () => {
  const index = await indexOf([['etc/os-release', release]])
  const read = async (fill: (folder: string) => void) => {
    const folder = scratch()
    mkdirSync(join(folder, 'etc'))
    fill(folder)
    const wanted = wantedOf(index, 0)
    const contents = new FolderContents(new Map([[index.diffId, folder]]))
    const present = wantedOf(index, 0)
    const absent = contents.readPresent([present])
    if (absent === undefined) expect(present.readers.get(0)?.ended).toBe(1)
    else {
      expect(absent).toEqual({ wanted: [present], failure: await failure(contents.read([wantedOf(index, 0)])) })
      expect(present.readers.get(0)).toMatchObject({ chunks: [], ended: 0 })
    }
    await contents.read([wanted])
    return wanted.readers.get(0)?.content
  }

  test('gives what lies in it', async () => {
    expect(await read(folder => writeFileSync(join(folder, 'etc/os-release'), release))).toEqual(release)
  })

  test.each<[string, (folder: string) => void]>([
    ['nothing', () => {}],
    ['a longer file', folder => writeFileSync(join(folder, 'etc/os-release'), 'ID=longer\n')],
    ['a pipe, which would be waited for', folder => execFileSync('mkfifo', [join(folder, 'etc/os-release')])],
    ['a folder', folder => mkdirSync(join(folder, 'etc/os-release'))],
    [
      'a link to a file of the machine',
      folder => {
        writeFileSync(join(folder, 'elsewhere'), release)
        symlinkSync(join(folder, 'elsewhere'), join(folder, 'etc/os-release'))
      },
    ],
    [
      'a link in place of the folder',
      folder => {
        mkdirSync(join(folder, 'elsewhere'))
        writeFileSync(join(folder, 'elsewhere/os-release'), release)
        execFileSync('rmdir', [join(folder, 'etc')])
        symlinkSync(join(folder, 'elsewhere'), join(folder, 'etc'))
      },
    ],
  ])('that has %s there is not believed', async (_, fill) => {
    expect(await failure(read(fill))).toMatchObject({ code: 'STORE_UNREADABLE', exitCode: 3 })
  })
})

test('of several wanted files those that are there are delivered, and the others are named', async () => {
  const index = await indexOf([
    ['a', release],
    ['b', release],
    ['c', release],
  ])
  const folder = scratch()
  for (const name of ['a', 'c']) writeFileSync(join(folder, name), release)
  const wanted = wantedOf(index, 0, 1, 2)
  const absent = new FolderContents(new Map([[index.diffId, folder]])).readPresent([wanted])
  expect(absent?.failure).toMatchObject({ code: 'STORE_UNREADABLE', message: expect.stringContaining('/b ') })
  expect(absent?.wanted).toEqual([{ index, readers: new Map([[1, wanted.readers.get(1)]]) }])
  expect([0, 1, 2].map(ordinal => wanted.readers.get(ordinal)?.ended)).toEqual([1, 0, 1])
})

describe('a file of a folder, whose layer’s record has its checksum', () => {
  /** A file in a layer's folder, and the layer, whose record says that the file is `recorded`. */
  async function folderWith(content: Buffer, recorded = content) {
    const index = await indexOf([['lib', content]])
    const checksums = new Checksums()
    checksums.set(0, new Crc64().update(recorded).digest())
    const folder = scratch()
    const path = join(folder, 'lib')
    writeFileSync(path, content)
    const contents = new FolderContents(new Map([[index.diffId, folder]]))
    const checked = { ...index, facts: { ...index.facts, checksums } }
    const read = (reader: Reader<unknown>) => contents.read([{ index: checked, readers: new Map([[0, reader]]) }])
    return { path, read }
  }
  const small = randomBytes(50_000)
  const large = randomBytes(checkedSize + 50_000)

  /** Examines what it is given, and is never pushed at. */
  class Examiner extends Collector {
    examined: Buffer | undefined
    readonly #look: (content: SeekableBytes) => Buffer

    constructor(look: (content: SeekableBytes) => Buffer = whole) {
      super()
      this.#look = look
    }

    examine(content: SeekableBytes): void {
      this.examined = this.#look(content)
    }
  }
  const whole = (content: SeekableBytes) => {
    const bytes = Buffer.alloc(content.size)
    expect(content.read(0, bytes)).toBe(content.size)
    return bytes
  }

  test.each([
    ['small', small],
    ['large', large],
  ])('is pushed, or examined where the reader does that: %s', async (_, content) => {
    const { read } = await folderWith(content)
    const [pushed, examined] = [new Collector(), new Examiner()]
    await read(pushed)
    expect(pushed.content.equals(content)).toBe(true)
    await read(examined)
    expect(examined).toMatchObject({ chunks: [], ended: 1 })
    expect(examined.examined?.equals(content)).toBe(true)
  })

  test('is read at any offset, and as a stream', async () => {
    const { path } = await folderWith(large)
    const file = openFolderFile(Buffer.from(path), large.length)
    onTestFinished(() => file.close())
    const part = Buffer.alloc(1000)
    expect(file.read(4_000_000, part)).toBe(1000)
    expect(part.equals(large.subarray(4_000_000, 4_001_000))).toBe(true)
    expect(file.read(large.length - 3, part)).toBe(3)
    for (const [start, end] of [
      [0, large.length],
      [10, 2_000_000],
    ] as const) {
      const pieces: Buffer[] = []
      for await (const piece of file.stream(start, end)) pieces.push(Buffer.from(piece))
      expect(Buffer.concat(pieces).equals(large.subarray(start, end))).toBe(true)
    }
  })

  test('that is small and has other bytes is refused before its reader sees one', async () => {
    const { read } = await folderWith(small, large)
    const reader = new Collector()
    expect((await failure(read(reader))).message).toContain('is not the file that the engine')
    expect(reader).toMatchObject({ chunks: [], ended: 0 })
  })

  test('that is large and has no bytes on the disk must have the right ones all the same', async () => {
    const zeros = Buffer.alloc(large.length)
    for (const [recorded, right] of [
      [large, false],
      [zeros, true],
    ] as const) {
      const { path, read } = await folderWith(zeros, recorded)
      truncateSync(path, 0)
      truncateSync(path, zeros.length)
      const examiner = new Examiner()
      if (right) await read(examiner)
      else expect((await failure(read(examiner))).message).toContain('is not the file that the engine')
      expect(examiner).toMatchObject({ ended: right ? 1 : 0, examined: undefined })
    }
  })

  test('that becomes shorter while it is read is refused', async () => {
    const { path, read } = await folderWith(large)
    const examiner = new Examiner(content => {
      truncateSync(path, checkedSize)
      return whole(content)
    })
    const error = await failure(read(examiner))
    expect(error).toMatchObject({ code: 'STORE_UNREADABLE', message: expect.stringContaining('became shorter') })
    expect(examiner.ended).toBe(0)
  })
})

describe('a blob that can be sought over', async () => {
  const content = randomBytes(600_000)
  const tar = await tarOf([
    ['a', release],
    ['b', content],
  ])
  const index = await seekLayer(memoryBytes(tar), digest(tar))

  test('gives a reader the file alone to examine', async () => {
    let examined = Buffer.alloc(0)
    const reader = {
      push: () => Number.POSITIVE_INFINITY,
      examine(bytes: SeekableBytes) {
        examined = Buffer.alloc(bytes.size + 1)
        examined = examined.subarray(0, bytes.read(0, examined))
      },
      end() {},
    }
    await new SeekContents(memoryBytes(tar)).read([{ index, readers: new Map([[1, reader]]) }])
    expect(examined.equals(content)).toBe(true)
  })

  test('that is shorter than its layer is another one, whichever way it is read', async () => {
    const short = new SeekContents(memoryBytes(tar.subarray(0, 300_000)))
    const examiner = { push: () => Number.POSITIVE_INFINITY, examine() {}, end() {} }
    for (const reader of [new Collector(), examiner])
      expect((await failure(short.read([{ index, readers: new Map([[1, reader]]) }]))).code).toBe('DIGEST_MISMATCH')
  })
})

describe('what is bound for wanted files', () => {
  const bytes = (size: number) => Buffer.alloc(size, 1)

  test('is their folder where little else lies in it, else each file; the root never', async () => {
    const index = await indexOf([
      ['x', bytes(70_000)],
      ['y', bytes(70_000)],
      ['p.dist-info/METADATA', bytes(5000)],
      ['p.dist-info/RECORD', bytes(5000)],
      ['p.dist-info/LICENSE', bytes(9000)],
      ['lib/a', bytes(100)],
      ['lib/b', bytes(100)],
      ['lib/deep/huge', bytes(9_000_000)],
    ])
    expect(layerBinds(wantedOf(index, 0, 1, 2, 3, 5, 6)).map(({ path }) => path)).toEqual([
      '/x',
      '/y',
      '/p.dist-info',
      '/lib/a',
      '/lib/b',
    ])
  })

  test('is not a folder whose other files would take longer than a bind for each, however large the wanted ones are', async () => {
    const index = await indexOf([
      ['lib/libnvrtc.so', bytes(3_000_000)],
      ['lib/libnvrtc-builtins.so', bytes(1_000_000)],
      ['lib/libnvrtc.alt.so', bytes(3_000_000)],
    ])
    expect(layerBinds(wantedOf(index, 0, 1)).map(({ path }) => path)).toEqual([
      '/lib/libnvrtc.so',
      '/lib/libnvrtc-builtins.so',
    ])
    expect(layerBinds(wantedOf(index, 0, 1, 2)).map(({ path }) => path)).toEqual(['/lib'])
  })

  test.each<[string, Parts]>([
    [
      'a file and then a link',
      [
        ['etc/os-release', release],
        ['etc/os-release', { symlink: '/etc/shadow' }],
      ],
    ],
    [
      'a link and then a file',
      [
        ['etc/os-release', { symlink: '/etc/shadow' }],
        ['etc/os-release', release],
      ],
    ],
    [
      'below a link',
      [
        ['etc', { symlink: '/etc' }],
        ['etc/os-release', release],
      ],
    ],
  ])('is nothing where a link of the image may stand: %s', async (_, parts) => {
    const index = await indexOf(parts)
    const ordinal = index.entries.kind(0) === 'file' ? 0 : 1
    expect(dirname(index.entries.path(ordinal))).toBe('/etc')
    expect(() => layerBinds(wantedOf(index, ordinal))).toThrow(expect.objectContaining({ code: 'STORE_UNREADABLE' }))
  })
})
