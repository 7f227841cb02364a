import fc from 'fast-check'
import { expect, it } from 'vitest'
import { liveTree } from '../../src/compare/live-tree.ts'
import { kinds, type SizeTree } from '../../src/compare/size-tree.ts'
import { Filesystem } from '../../src/image/filesystem.ts'
import { file, folder, hardlink, type LayerData, openFixture, symlink } from '../fixture.ts'
import { stack } from '../random-stack.ts'

async function filesystemOf(layers: readonly LayerData[]): Promise<Filesystem> {
  await using image = await openFixture({ config: {}, layers })
  return new Filesystem(image.layers)
}

/** What a tree shows, by path. */
function shown({ paths, kinds: kind, bytes }: SizeTree): Map<string, { folder: boolean; bytes: number }> {
  const nodes = [...kind.keys()].filter(node => kind[node] !== kinds.absent)
  return new Map(
    nodes.map(node => [paths.path(node), { folder: kind[node] === kinds.folder, bytes: bytes[node] ?? 0 }]),
  )
}

/** The same the slow way: each visible name is added to every folder around it. */
function summed(filesystem: Filesystem): Map<string, { folder: boolean; bytes: number }> {
  const paths = new Map([['/', { folder: true, bytes: 0 }]])
  for (let id = 0; id < filesystem.count; id++) {
    if (!filesystem.visible(id)) continue
    const inode = filesystem.inode(id)
    const bytes = filesystem.nameOf(inode) === id ? filesystem.content(inode) : 0
    let path = filesystem.path(id)
    paths.set(path, { folder: filesystem.kind(id) === 'directory', bytes: (paths.get(path)?.bytes ?? 0) + bytes })
    while (path !== '/') {
      path = path.slice(0, path.lastIndexOf('/')) || '/'
      paths.set(path, { folder: true, bytes: (paths.get(path)?.bytes ?? 0) + bytes })
    }
  }
  return paths
}

it('shows every visible path with the bytes of what lies in it, for any stack', async () => {
  await fc.assert(
    fc.asyncProperty(stack, async layers => {
      const filesystem = await filesystemOf(layers)
      expect(shown(liveTree(filesystem))).toEqual(summed(filesystem))
    }),
    { numRuns: 100 },
  )
})

it('counts a content once, at the first of its names that the image shows', async () => {
  const filesystem = await filesystemOf([
    {
      add: {
        '/a/first': file(500),
        '/b/second': hardlink('/a/first'),
        '/b/third': hardlink('/a/first'),
        '/c/link': symlink('/b/second'),
        '/gone/x': file(70),
        '/empty': folder(),
      },
    },
    { remove: ['/a/first', '/gone/x'] },
  ])
  expect(Object.fromEntries(shown(liveTree(filesystem)))).toEqual({
    '/': { folder: true, bytes: 509 },
    '/b': { folder: true, bytes: 500 },
    '/b/second': { folder: false, bytes: 500 },
    '/b/third': { folder: false, bytes: 0 },
    '/c': { folder: true, bytes: 9 },
    '/c/link': { folder: false, bytes: 9 },
    '/empty': { folder: true, bytes: 0 },
  })
})
