import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { memoryBytes } from '../../src/bytes/memory.ts'
import { seekLayer } from '../../src/image/indexer.ts'
import type { LayerIndex } from '../../src/image/layer-index.ts'
import { layerBinds } from '../../src/source/docker/folder-binds.ts'
import { FolderContents } from '../../src/source/layer/folder-contents.ts'
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
    expect(contents.has([wanted])).toBe(
      await contents.read([wantedOf(index, 0)]).then(
        () => true,
        () => false,
      ),
    )
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

describe('what is bound for wanted files', () => {
  const bytes = (size: number) => Buffer.alloc(size, 1)

  test('is their folder where they are most of it, else each file; the root never', async () => {
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
