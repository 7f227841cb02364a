import { cachePath } from '../../src/image/cache-folder.ts'
import { LayerCache } from '../../src/image/layer-cache.ts'
import type { LayerIndex } from '../../src/image/layer-index.ts'
import { type Fixture, file, folder, openFixture, symlink } from '../fixture.ts'
import { debianRecords, wheel } from '../package.ts'

/** All that can be asked of an index, but the way it came. */
export function everythingOf({ entries, sparse, facts, route, ...rest }: LayerIndex) {
  const ordinals = Array.from({ length: entries.length }, (_, ordinal) => ordinal)
  return {
    ...rest,
    entries: ordinals.map(ordinal => ({
      ...entries.at(ordinal),
      digest: facts.digests.get(ordinal),
      checksum: facts.checksums?.get(ordinal),
    })),
    sparse: [...sparse],
    records: [...facts.records],
    digests: facts.digests.count,
    checksums: facts.checksums !== undefined,
  }
}

/** A layer with records, links, markers and names that are no UTF-8. */
export const layers: Fixture['layers'] = [
  {
    add: {
      '/usr': folder(),
      '/usr/bin/caf\u00e9': file('x', { mode: 0o4755, uid: 1000, gid: 5, mtime: 1.5 }),
      '/usr/bin/€': symlink('caf\u00e9'),
      '/usr/lib/big': 70_000,
      ...debianRecords({ curl: { depends: 'libc6', version: '8.1', files: ['/usr/bin/caf\u00e9', '/usr/bin/€'] } }),
      ...wheel('/usr/lib/python3/site-packages', 'torch', '2.4.0', { 'torch/a.py': 'a', 'torch/b.py': 'b' }),
      '/opt/broken.dist-info/METADATA': 'no metadata',
    },
    remove: ['/etc/gone'],
    opaque: ['/var/cache'],
  },
]

/** A fixture's first layer as it passes. */
export async function streamed(fixture: Fixture = { config: {}, layers }): Promise<LayerIndex> {
  const image = await openFixture(fixture, 'stream')
  const [layer] = image.layers
  if (layer === undefined) throw new Error('a fixture without layers')
  return layer.index
}

/** A cache below a folder, as an environment would name it. */
export function cacheIn(folder: string, options?: ConstructorParameters<typeof LayerCache>[1]): LayerCache {
  return new LayerCache(cachePath({ XDG_CACHE_HOME: folder }, '/nowhere'), options)
}
