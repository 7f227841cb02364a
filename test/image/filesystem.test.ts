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

describe('what engines agree on beyond the layer format', () => {
  it('follows a link that the same layer brought before', async () => {
    const filesystem = await stacked(
      { add: { '/usr/lib/x': 10, '/lib64/y': 5 } },
      {
        add: { '/lib': symlink('usr/lib'), '/lib/x': 20, '/l': symlink('/lib/../lib'), '/l/z/': folder(), '/l/z/q': 1 },
      },
    )
    expect(shown(filesystem)).toEqual({
      '/lib64/y': 0,
      '/lib': 1,
      '/usr/lib/x': 1,
      '/l': 1,
      '/usr/lib/z': 1,
      '/usr/lib/z/q': 1,
    })
    expect(filesystem.notices).toEqual([])
  })

  it('follows it in the path of a marker and of a hard link’s target', async () => {
    const filesystem = await stacked(
      { add: { '/real/gone': 10, '/real/old': 10 } },
      {
        add: {
          '/real': folder(),
          '/real/new': 30,
          '/s': symlink('real'),
          '/s/.wh.gone': '',
          '/name': hardlink('/s/new'),
        },
      },
      { remove: ['/real/new'] },
    )
    expect(Object.keys(shown(filesystem)).sort()).toEqual(['/name', '/real', '/real/old', '/s'])
    expect(hiddenBytes(filesystem)).toBe(10)
  })

  it('follows no link that comes later, was replaced, or leads in circles', async () => {
    const later = await stacked({ add: { '/s/x': 1, '/s': symlink('real') } })
    expect(shown(later)).toEqual({ '/s': 0 })
    const replaced = await stacked({
      add: [
        ['/s', symlink('real')],
        ['/s/', folder()],
        ['/s/x', 1],
      ],
    })
    expect(shown(replaced)).toEqual({ '/s': 0, '/s/x': 0 })
    const circles = await stacked({ add: { '/s': symlink('t'), '/t': symlink('s'), '/s/x': 1 } })
    expect(shown(circles)).toEqual({ '/t': 0, '/s/x': 0 })
    expect(circles.notices.map(notice => notice.code)).toEqual(['below-link'])
  })

  it('leaves the root a folder, and counts nothing that would have it otherwise', async () => {
    for (const root of [file('x'.repeat(7)), symlink('a'), hardlink('/a')]) {
      const image = await openFixture({ config: {}, layers: [{ add: { '/a': 10 } }, { add: { '/.': root, '/b': 1 } }] })
      expect(Object.keys(shown(new Filesystem(image.layers)))).toEqual(['/a', '/', '/b'])
      expect(image.layers[1]?.index.files).toBe(1)
    }
  })

  it('puts a folder where a marker lies below something else', async () => {
    for (const below of [{ remove: ['/f/x'] }, { opaque: ['/f'] }]) {
      const filesystem = await stacked({ add: { '/f': 10, '/g': 5 } }, below)
      expect(shown(filesystem)).toEqual({ '/g': 0 })
      expect(filesystem.replaced(0)).toBe(false)
      expect(filesystem.notices.map(notice => notice.code)).toEqual(['below-link'])
    }
    const cleared = await stacked({ add: { '/f': 10 } }, { add: { '/f': folder(), '/f/y': 1 }, opaque: ['/f'] })
    expect(cleared.notices).toEqual([])
  })

  it('removes nothing by a name that is left of a marker', async () => {
    const filesystem = await stacked({ add: { '/d/x': 10 } }, { add: { '/d/.wh..': '', '/d/.wh...': '', '/.wh.': '' } })
    expect(shown(filesystem)).toEqual({ '/d/x': 0 })
    expect(filesystem.path(1)).toBe('/d/.wh..')
  })
})

describe('what engines differ in', () => {
  it('is said of an opaque root, which overlayfs ignores', async () => {
    const filesystem = await stacked({ add: { '/a': 10 } }, { add: { '/b': 1 }, opaque: [''] })
    expect(shown(filesystem)).toEqual({ '/b': 1 })
    expect(filesystem.notices.map(notice => notice.code)).toEqual(['opaque-root'])
    expect((await stacked({ add: { '/a': 10 }, opaque: [''] })).notices).toEqual([])
  })

  it('is said of a folder that a layer removes and adds again', async () => {
    const filesystem = await stacked({ add: { '/d/x': 10 } }, { add: { '/d': folder(), '/d/y': 1 }, remove: ['/d'] })
    expect(shown(filesystem)).toEqual({ '/d': 1, '/d/y': 1 })
    expect(filesystem.notices.map(notice => notice.code)).toEqual(['whiteout-beside-folder'])
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
    const filesystem = await stacked({ add: { '/a': 10 } }, { add: { '/b': hardlink('/a'), '/.wh.a': '' } })
    expect(filesystem.live(0)).toBe(true)
    expect(filesystem.notices.map(notice => notice.code)).toEqual(['hard-link-across-layers'])
  })

  it('do not belong to a lower layer where a marker before the link took them away', async () => {
    const filesystem = await stacked({ add: { '/a': 10 } }, { add: { '/.wh.a': '', '/b': hardlink('/a') } })
    expect(filesystem.live(0)).toBe(false)
    expect(filesystem.notices.map(notice => notice.code)).toEqual(['dangling-hard-link'])
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
