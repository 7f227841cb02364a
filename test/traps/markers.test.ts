import { describe, expect, it } from 'vitest'
import { archive, file, header } from '../../fixtures/tar/build.ts'
import { audited, shown } from './ways.ts'

const folder = (name: string) => header({ name: `${name}/`, flag: '5', mode: 0o755 })

describe('what a layer deletes', () => {
  it('is counted with all that lies in a deleted folder', async () => {
    const image = await audited([
      archive(
        folder('root'),
        folder('root/example'),
        ...['1', '2', '3'].map(n => file(`root/example/somefile${n}.txt`, 'x'.repeat(6405))),
      ),
      archive(file('root/example/.wh.somefile1.txt', '')),
      archive(file('root/.wh.example', '')),
    ])
    expect(shown(image)).toEqual({ '/root': 0 })
    expect(image.report.size).toMatchObject({ files: 3 * 6405, hidden: 3 * 6405 })
    expect(image.report.layers.map(({ size }) => size.hidden)).toEqual([3 * 6405, 0, 0])
    const gone = image.rows.filter(({ hiddenBy }) => hiddenBy !== null).map(({ path, hiddenBy }) => [path, hiddenBy])
    expect(gone).toEqual([
      ['/root/example', 2],
      ['/root/example/somefile1.txt', 1],
      ['/root/example/somefile2.txt', 2],
      ['/root/example/somefile3.txt', 2],
    ])
    expect(image.report.causes).toMatchObject([{ cause: 'removed-later', kind: 'waste', bytes: 3 * 6405 }])
  })

  it('is waste in the dead copies alone: the one that survives is not', async () => {
    const image = await audited([
      archive(file('app', 'a'.repeat(1000))),
      archive(file('app', 'b'.repeat(2000))),
      archive(file('app', 'c'.repeat(4000))),
    ])
    expect(image.report.size).toMatchObject({ files: 7000, hidden: 3000 })
    expect(image.report.savings).toMatchObject({ safe: 3000, after: 4000 })
  })

  it('may never have been there: the marker costs nothing and hides nothing', async () => {
    const image = await audited([
      archive(file('a', 'x')),
      archive(file('.wh.gone', ''), file('no/such/.wh.folder', ''), file('no/such/.wh..wh..opq', ''), file('b', 'y')),
    ])
    expect(shown(image)).toEqual({ '/a': 0, '/b': 1 })
    expect(image.report.size).toMatchObject({ files: 2, hidden: 0 })
    expect(image.report.layers[1]?.entries).toBe(4)
  })

  it('is nothing in the lowest layer: its markers are counted as entries, and are no files', async () => {
    const image = await audited([
      archive(file('.wh.x', 'junk that no engine unpacks'), file('d/.wh..wh..opq', ''), file('d/a', 'x')),
    ])
    expect(shown(image)).toEqual({ '/d/a': 0 })
    expect(image.report.layers[0]).toMatchObject({ entries: 3, size: { files: 1, hidden: 0 } })
    expect(image.rows.map(({ kind, path }) => `${kind} ${path}`)).toEqual(['whiteout /x', 'opaque /d', 'file /d/a'])
  })
})

describe('an opaque marker', () => {
  const lower = archive(folder('d'), file('d/old', 'x'.repeat(10)), file('d/kept', 'x'.repeat(20)), file('e', 'x'))

  it.each(['first', 'last', 'between'])(
    'that stands %s hides what lower layers have, and none of its siblings',
    async at => {
      const marker = file('d/.wh..wh..opq', '')
      const [one, two] = [file('d/new', 'y'.repeat(5)), file('d/kept', 'y'.repeat(7))]
      const entries = at === 'first' ? [marker, one, two] : at === 'last' ? [one, two, marker] : [one, marker, two]
      const image = await audited([lower, archive(folder('d'), ...entries)])
      expect(shown(image)).toEqual({ '/d': 1, '/d/new': 1, '/d/kept': 1, '/e': 0 })
      expect(image.report.size).toMatchObject({ files: 43, hidden: 30 })
    },
  )

  it('at the root hides all that lower layers have', async () => {
    const image = await audited([lower, archive(file('new', 'y'), file('.wh..wh..opq', ''))])
    expect(shown(image)).toEqual({ '/new': 1 })
  })

  it('leaves a file that the same layer whites out and writes', async () => {
    const image = await audited([lower, archive(file('e', 'new'), file('.wh.e', ''))])
    expect(shown(image)).toMatchObject({ '/e': 1 })
  })
})

describe('a name', () => {
  it('that only looks like a marker is a file', async () => {
    const names = ['d/x.wh..wh..opq', 'not.a.wh..wh..opq', 'd/wh.x', 'd/awh.x', '.wha.x', '.wh', 'd/.Wh.x', 'd/..wh.x']
    const image = await audited([
      archive(folder('d'), file('d/x', 'x'), file('x', 'x')),
      archive(...names.map(name => file(name, '1'))),
    ])
    const own = Object.fromEntries(names.map(name => [`/${name}`, 1]))
    expect(shown(image)).toEqual({ '/d': 0, '/d/x': 0, '/x': 0, ...own })
    expect(image.report.size.files).toBe(2 + names.length)
  })

  it('of a marker of aufs, a bare .wh. and an opaque marker with more behind it hide nothing', async () => {
    const image = await audited([
      archive(folder('d'), file('d/x', 'x')),
      archive(
        file('d/.wh.', ''),
        file('d/.wh..wh.plnk', ''),
        file('.wh..wh.aufs', ''),
        file('d/.wh..wh..opqX', ''),
        file('d/.wh..wh..opq.', ''),
      ),
    ])
    expect(shown(image)).toEqual({ '/d': 0, '/d/x': 0 })
  })

  it('of a whiteout at the root hides what lies at the root, and nothing of that name elsewhere', async () => {
    const image = await audited([
      archive(file('x', 'x'), folder('d'), file('d/x', 'x'), folder('d/e'), file('d/e/x', 'x')),
      archive(file('.wh.x', '')),
    ])
    expect(shown(image)).toEqual({ '/d': 0, '/d/x': 0, '/d/e': 0, '/d/e/x': 0 })
  })

  it('of a whiteout is lexical: no link in its path is followed', async () => {
    const link = (name: string, to: string) => header({ name, flag: '2', link: to })
    const image = await audited([
      archive(folder('real'), file('real/x', 'x'.repeat(10)), link('link', 'real'), link('abs', '/real')),
      archive(file('link/.wh.x', ''), file('abs/.wh..wh..opq', '')),
    ])
    // What becomes of the links themselves is another question: overlayfs puts folders in their place.
    expect(shown(image)).toMatchObject({ '/real': 0, '/real/x': 0 })
    expect(image.report.unowned).toContainEqual({ path: '/real', bytes: 10, count: 1 })
  })
})

describe('a folder that becomes something else without a whiteout', () => {
  it.each([
    ['a file', file('d', 'now a file')],
    ['a symbolic link', header({ name: 'd', flag: '2', link: 'e' })],
    ['a pipe', header({ name: 'd', flag: '6' })],
    ['a device', header({ name: 'd', flag: '3' })],
    ['a hard link', Buffer.concat([file('f', ''), header({ name: 'd', flag: '1', link: 'f' })])],
  ])('%s takes all that lay in it along', async (_, entry) => {
    const image = await audited([
      archive(folder('d'), file('d/a', 'x'.repeat(10)), folder('d/e'), file('d/e/b', 'x'.repeat(30))),
      archive(entry),
    ])
    expect(Object.keys(shown(image)).filter(path => path.startsWith('/d'))).toEqual(['/d'])
    expect(image.report.size.hidden).toBe(40)
    const dead = image.rows.filter(({ content, layer }) => layer === 0 && content > 0)
    expect(dead.map(({ hiddenBy, replaced }) => [hiddenBy, replaced])).toEqual([
      [1, true],
      [1, true],
    ])
  })
})
