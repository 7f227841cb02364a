import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Filesystem } from '../../src/image/filesystem.ts'
import { applied } from '../applied.ts'
import { bytesOf, file, folder, hardlink, type LayerData, openFixture, symlink } from '../fixture.ts'
import { stack } from '../random-stack.ts'

async function stacked(...layers: readonly LayerData[]): Promise<Filesystem> {
  const opened = await openFixture({ config: {}, layers })
  return new Filesystem(opened.layers)
}

/** Paths that the image shows, with the layer each comes from. */
function shown(filesystem: Filesystem): Record<string, number> {
  const paths: Record<string, number> = {}
  for (let id = 0; id < filesystem.count; id++) {
    if (filesystem.visible(id)) paths[filesystem.path(id)] = filesystem.layerOf(id)
  }
  return paths
}

function hiddenBytes(filesystem: Filesystem): number {
  let bytes = 0
  for (let id = 0; id < filesystem.count; id++) if (!filesystem.live(id)) bytes += filesystem.content(id)
  return bytes
}

describe('what lies over what', () => {
  it('shows the newest copy of a path, and names who hid the older one', async () => {
    const filesystem = await stacked({ add: { '/a': 10 } }, { add: { '/a': 20 } })
    expect(shown(filesystem)).toEqual({ '/a': 1 })
    expect(filesystem.hiddenBy(0)).toBe(1)
    expect(filesystem.replaced(0)).toBe(true)
    expect(filesystem.at('/a', 0)).toBe(0)
  })

  it('hides all of a folder with the folder', async () => {
    const filesystem = await stacked({ add: { '/d/x': 10, '/d/e/y': 5 } }, { remove: ['/d'] })
    expect(shown(filesystem)).toEqual({})
    expect(hiddenBytes(filesystem)).toBe(15)
    expect(filesystem.replaced(0)).toBe(false)
  })

  it('hides what lies below a folder that becomes a link, as replaced', async () => {
    const filesystem = await stacked({ add: { '/d/x': 10 } }, { add: { '/d': symlink('/e') } })
    expect(shown(filesystem)).toEqual({ '/d': 1 })
    expect(filesystem.replaced(0)).toBe(true)
  })

  it('applies an opaque marker to lower layers only, wherever it stands', async () => {
    const filesystem = await stacked(
      { add: { '/d/old': 10, '/d/kept': 3 } },
      { add: { '/d/new': 20, '/d/kept': 4 }, opaque: ['/d'] },
    )
    expect(shown(filesystem)).toEqual({ '/d/new': 1, '/d/kept': 1 })
    const [, kept] = [filesystem.copies('/d/old')[0], filesystem.copies('/d/kept')[1]]
    expect(filesystem.replaced(filesystem.copies('/d/old')[0] ?? -1)).toBe(false)
    expect(filesystem.replaced(kept ?? -1)).toBe(true)
  })

  it('takes names that only look like markers as files', async () => {
    const filesystem = await stacked(
      { add: { '/d/x': 10, '/not.a.wh..wh..opq': 1, '/wh.x': 2, '/awh.y': 3 } },
      { add: { '/d/x.wh..wh..opq': 4 } },
    )
    expect(Object.keys(shown(filesystem)).sort()).toEqual([
      '/awh.y',
      '/d/x',
      '/d/x.wh..wh..opq',
      '/not.a.wh..wh..opq',
      '/wh.x',
    ])
  })

  it('lets a bare .wh. and the records of aufs hide nothing', async () => {
    const filesystem = await stacked({ add: { '/d/x': 10 } }, { add: { '/d/.wh.': 1, '/d/.wh..wh.plnk': 2 } })
    expect(shown(filesystem)).toEqual({ '/d/x': 0 })
  })

  it('does not follow a link in the path of a whiteout', async () => {
    const filesystem = await stacked({ add: { '/real/x': 10, '/link': symlink('/real') } }, { remove: ['/link/x'] })
    expect(shown(filesystem)['/real/x']).toBe(0)
  })

  it('takes no harm from a whiteout of what was never there', async () => {
    const filesystem = await stacked({ add: { '/a': 1 } }, { remove: ['/never/was', '/b'] })
    expect(shown(filesystem)).toEqual({ '/a': 0 })
  })

  it('hides the earlier of two entries at one path of one layer', async () => {
    const filesystem = await stacked({
      add: [
        ['/a', 10],
        ['/a', 20],
      ],
    })
    expect(hiddenBytes(filesystem)).toBe(10)
    expect(filesystem.replaced(0)).toBe(true)
    expect(filesystem.hiddenBy(0)).toBe(1)
  })

  it('says so when an entry lies below a link of a lower layer', async () => {
    const filesystem = await stacked({ add: { '/bin': symlink('usr/bin') } }, { add: { '/bin/tool': 10 } })
    expect(shown(filesystem)).toEqual({ '/bin/tool': 1 })
    expect(filesystem.notices.map(notice => notice.code)).toEqual(['below-link'])
  })
})

describe('contents with several names', () => {
  it('stay live while one name does', async () => {
    const filesystem = await stacked({ add: { '/a': 10, '/b': hardlink('/a') } }, { remove: ['/a'] })
    expect(filesystem.live(0)).toBe(true)
    expect(hiddenBytes(filesystem)).toBe(0)
    expect(filesystem.nameOf(0)).toBe(1)
  })

  it('are hidden with their last name', async () => {
    const filesystem = await stacked(
      { add: { '/a': 10, '/b': hardlink('/a') } },
      { remove: ['/a'] },
      { remove: ['/b'] },
    )
    expect(hiddenBytes(filesystem)).toBe(10)
    expect(filesystem.layerOf(filesystem.contentHiddenBy(0) ?? -1)).toBe(2)
  })

  it('are found when a link stands before its target, through another link', async () => {
    const filesystem = await stacked({ add: { '/c': hardlink('/b'), '/b': hardlink('/a'), '/a': 10 } })
    expect(filesystem.inode(0)).toBe(2)
    expect(filesystem.names(2).length).toBe(3)
  })

  it('can belong to a lower layer, with a notice', async () => {
    const filesystem = await stacked({ add: { '/a': 10 } }, { add: { '/b': hardlink('/a') }, remove: ['/a'] })
    expect(filesystem.live(0)).toBe(true)
    expect(filesystem.notices.map(notice => notice.code)).toEqual(['hard-link-across-layers'])
  })
})

describe('the tree', () => {
  it('is the one that applying layer after layer to a folder gives, for any stack', async () => {
    await fc.assert(
      fc.asyncProperty(stack, async layers => {
        const filesystem = await stacked(...layers)
        expect(shown(filesystem)).toEqual(applied(layers))
      }),
      { numRuns: 300 },
    )
  })
})

it('reads content sizes as written', async () => {
  const filesystem = await stacked({
    add: { '/a': file('hello', { mode: 0o600 }), '/d': folder(), '/l': symlink('héé') },
  })
  expect(filesystem.content(0)).toBe(bytesOf('hello', '/a').length)
  expect(filesystem.content(1)).toBe(0)
  expect(filesystem.content(2)).toBe(5)
})
