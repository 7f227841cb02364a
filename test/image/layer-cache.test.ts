import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { auditImage } from '../../src/audit.ts'
import { sha256 } from '../../src/bytes/digest.ts'
import { Checksums } from '../../src/image/checksums.ts'
import type { LayerIndex } from '../../src/image/layer-index.ts'
import type { PackageRecord } from '../../src/probe/package-record.ts'
import { type Fixture, openFixture } from '../fixture.ts'
import { stack } from '../random-stack.ts'
import { scratch } from '../source/open.ts'
import { cacheIn, everythingOf, streamed } from './cached-index.ts'

/** Any strings: halves of pairs, escaped bytes, NUL. */
const text = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map(code => String.fromCharCode(code)), maxLength: 5 }),
  fc.constantFrom('', '/', '/usr/lib/a', '/usr/lib/b', '/usr/lib/', 'a', '\udce9', '\udcc3\udca9', '/a\0b', 'é', '€'),
)
const texts = fc.array(text, { maxLength: 6 })

const record: fc.Arbitrary<PackageRecord> = fc.oneof(
  fc.record({ kind: fc.constant('pip-record' as const), paths: texts }),
  fc.record({ kind: fc.constant('dpkg-list' as const), package: text, paths: texts }),
  fc.record(
    { kind: fc.constant('conda-package' as const), name: text, version: text, paths: texts, depends: texts },
    { requiredKeys: ['kind', 'name', 'version', 'paths'] },
  ),
  fc.record({
    kind: fc.constant('apk-installed' as const),
    packages: fc.array(fc.record({ name: text, version: text, paths: texts }), { maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('rpm-database' as const),
    packages: fc.array(
      fc.record(
        {
          name: text,
          version: text,
          architecture: text,
          depends: texts,
          recommends: texts,
          provides: texts,
          paths: texts,
        },
        { requiredKeys: ['name', 'version', 'architecture', 'depends', 'paths'] },
      ),
      { maxLength: 3 },
    ),
  }),
  fc.record({
    kind: fc.constant('dpkg-diversions' as const),
    diversions: fc.array(fc.record({ path: text, to: text, package: text }), { maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('dpkg-status' as const),
    packages: fc.array(
      fc.record(
        {
          name: text,
          version: text,
          architecture: text,
          depends: texts,
          recommends: texts,
          provides: texts,
          essential: fc.constant(true as const),
        },
        { requiredKeys: ['name', 'version', 'architecture', 'depends'] },
      ),
      { maxLength: 3 },
    ),
  }),
  fc.record({ kind: fc.constant('pip-metadata' as const), name: text, version: text, requires: texts }),
  fc.record({ kind: fc.constant('pip-installer' as const), installer: text }),
  fc.record({ kind: fc.constant('apt-extended-states' as const), automatic: texts }),
  fc.record({ kind: fc.constant('ld-so-conf' as const), folders: texts }),
  fc.record({ kind: fc.constant('os-release' as const), id: text, version: text, name: text }),
)

describe('a layer that comes back', () => {
  it('is the same in every respect, and gives the same report, for any stack', async () => {
    const cache = cacheIn(scratch())
    await fc.assert(
      fc.asyncProperty(stack, fc.constantFrom('stream', 'seek'), async (layers, route) => {
        await using image = await openFixture({ config: {}, layers }, route)
        const expected = await auditImage(image)
        const back = image.layers.map(layer => {
          // What was sought over is kept where an engine's store vouches for it.
          expect(cache.put(route === 'seek' ? { ...layer.index, route: 'blob' } : layer.index)).toBeUndefined()
          const index = cache.get(layer.index.diffId)
          if (index === undefined) throw new Error(`${layer.index.diffId} is lost`)
          expect(index.route).toBe('cache')
          expect(everythingOf(index)).toEqual(everythingOf(layer.index))
          return { ...layer, index }
        })
        const report = await auditImage({ ...image, layers: back })
        const routes = report.layers.map(layer => ({ ...layer, route }))
        expect({ ...report, layers: routes }).toEqual(expected)
      }),
      { numRuns: 100 },
    )
  })

  it('has its records, whatever strings they are made of', async () => {
    const cache = cacheIn(scratch())
    const index = await streamed()
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(fc.nat(index.entries.length - 1), record), { selector: ([ordinal]) => ordinal }),
        async found => {
          const facts = { ...index.facts, records: new Map(found) }
          cache.put({ ...index, facts })
          expect([...(cache.get(index.diffId)?.facts.records ?? [])]).toEqual(found)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('has its sparse files, checksums and notices', async () => {
    const cache = cacheIn(scratch())
    const read = await streamed()
    const checksums = new Checksums()
    checksums.set(1, Buffer.from('01234567'))
    const index: LayerIndex = {
      ...read,
      route: 'layer-store',
      verified: false,
      facts: { ...read.facts, checksums },
      sparse: new Map([
        [
          3,
          [
            { offset: 512, length: 512 },
            { offset: 2 ** 40, length: 88 },
          ],
        ],
        [5, []],
      ]),
      notices: [{ code: 'x', message: 'caf\udce9 \ud800' }],
    }
    cache.put(index)
    const back = cache.get(index.diffId)
    expect(back && everythingOf(back)).toEqual(everythingOf(index))
  })

  it('says why a record could not be read, as it did', async () => {
    const index = await streamed()
    const cache = cacheIn(scratch())
    cache.put(index)
    expect(index.notices.map(({ code }) => code)).toEqual(['record-unreadable'])
    expect(cache.get(index.diffId)?.notices).toEqual(index.notices)
  })
})

describe('what is kept', () => {
  const twins: Fixture = { config: {}, layers: [{ add: { '/a': 1, '/b': 'same', '/c': 'some' } }] }

  it('is no layer that was sought over', async () => {
    const { layers } = await openFixture(twins, 'seek')
    const cache = cacheIn(scratch())
    for (const { index } of layers) expect(cache.put(index)).toBeUndefined()
    expect(cache.use()).toEqual({ layers: 0, bytes: 0 })
  })

  it('is written again only for what was learnt since', async () => {
    const folder = scratch()
    const { layers } = await openFixture({ config: {}, layers: [{ add: { '/a': 5000, '/b': 5000 } }] }, 'seek')
    const [layer] = layers
    if (layer === undefined) throw new Error('no layer')
    cacheIn(folder).put({ ...layer.index, route: 'layer-store' })
    const cache = cacheIn(folder)
    const index = cache.get(layer.index.diffId)
    if (index === undefined) throw new Error('it is lost')
    const [name = ''] = readdirSync(cache.folder)
    rmSync(join(cache.folder, name))
    expect(cache.put(index)).toBeUndefined()
    expect(readdirSync(cache.folder)).toEqual([])
    index.facts.digests.set(1, Buffer.alloc(32, 7))
    cache.put(index)
    expect(cache.get(index.diffId)?.facts.digests.get(1)).toBe('\x07'.repeat(32))
    expect(index.facts.digests.get(0)).toBeUndefined()
  })

  it('is written once, however often it is read anew', async () => {
    const cache = cacheIn(scratch())
    cache.put(await streamed())
    const [name = ''] = readdirSync(cache.folder)
    const { ino } = statSync(join(cache.folder, name))
    expect(cache.put(await streamed())).toBeUndefined()
    expect(statSync(join(cache.folder, name)).ino).toBe(ino)
    cache.put({ ...(await streamed()), verified: false })
    expect(cache.get((await streamed()).diffId)?.verified).toBe(false)
  })

  it('is for one version of indexes: another one does not see it, and it goes first', async () => {
    const folder = scratch()
    const index = await streamed()
    const other = await streamed({ config: {}, layers: [{ add: { '/other': 'x'.repeat(9000) } }] })
    cacheIn(folder, { version: 'aaaa' }).put(index)
    expect(cacheIn(folder).get(index.diffId)).toBeUndefined()
    expect(cacheIn(folder, { version: 'aaaa' }).get(index.diffId)).toBeDefined()
    // It was used last, but nobody reads it any more.
    const cache = cacheIn(folder)
    cache.put(other)
    const { bytes } = cache.use()
    const bounded = cacheIn(folder, { limit: bytes - 1 })
    bounded.put({ ...other, diffId: sha256('another') })
    expect(cacheIn(folder, { version: 'aaaa' }).get(index.diffId)).toBeUndefined()
    expect(cacheIn(folder).get(other.diffId)).toBeDefined()
  })

  it('is for names that are digests', async () => {
    const index = await streamed()
    const folder = scratch()
    const cache = cacheIn(folder)
    for (const diffId of ['', 'sha256:', '../../x', `sha256:${'../'.repeat(21)}a`, `sha256:${'A'.repeat(64)}`]) {
      expect(cache.put({ ...index, diffId })).toBeUndefined()
      expect(cache.get(diffId)).toBeUndefined()
      cache.putDocument(diffId, Buffer.from('{}'))
      expect(cache.document(diffId)).toBeUndefined()
    }
    expect(readdirSync(folder)).toEqual([])
  })

  it('is for this user alone', async () => {
    const folder = scratch()
    const cache = cacheIn(folder)
    cache.put(await streamed())
    const [name = ''] = readdirSync(cache.folder)
    const modes = ['imgaudit', 'imgaudit/layers', `imgaudit/layers/${name}`].map(path => {
      return (statSync(join(folder, path)).mode & 0o777).toString(8)
    })
    expect(modes).toEqual(['700', '700', '600'])
  })

  it('is less than 60 bytes an entry, but for digests and records', async () => {
    const add = Object.fromEntries(
      Array.from({ length: 1500 }, (_, at) => [`/usr/lib/python3/site-packages/some/module_${at}.py`, 0]),
    )
    const cache = cacheIn(scratch())
    cache.put(await streamed({ config: {}, layers: [{ add }] }))
    expect(cache.use().bytes).toBeLessThan(60 * 1500)
  })
})

describe('documents', () => {
  const bytes = Buffer.from('{"schemaVersion":2}')

  it('come back by their digest', () => {
    const cache = cacheIn(scratch())
    expect(cache.document(sha256(bytes))).toBeUndefined()
    cache.putDocument(sha256(bytes), bytes)
    expect(cache.document(sha256(bytes))).toEqual(bytes)
  })

  it('are checked against it', () => {
    const cache = cacheIn(scratch())
    cache.putDocument(sha256('else'), bytes)
    expect(cache.document(sha256('else'))).toBeUndefined()
    cache.putDocument(sha256(bytes), bytes)
    const [name = ''] = readdirSync(cache.folder)
    writeFileSync(join(cache.folder, name), '{"schemaVersion":3}')
    expect(cache.document(sha256(bytes))).toBeUndefined()
    expect(readdirSync(cache.folder)).toEqual([])
    cache.putDocument(sha256(bytes), bytes)
    expect(cache.document(sha256(bytes))).toEqual(bytes)
  })

  it('of more than 4 MiB are not kept', () => {
    const cache = cacheIn(scratch())
    const large = Buffer.alloc(4 * 1024 * 1024 + 1)
    cache.putDocument(sha256(large), large)
    expect(cache.use().bytes).toBe(0)
  })
})
