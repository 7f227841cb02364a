import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { archive, base256, blocks, file, gnuMagic, header, longName, octal, pax } from '../../fixtures/tar/build.ts'
import { auditImage } from '../../src/audit.ts'
import { configuration, hex, json } from '../archive.ts'
import { open, scratch } from '../source/open.ts'
import { audited, shown } from './ways.ts'

describe('a sparse file', () => {
  const logical = 12_626_929_280

  it('of GNU tar has the size that programs see; the layer stores its parts', async () => {
    const runs = Array.from({ length: 6 }, (_, at): [number, number] => [at * 2_000_000_000, 512])
    const field = (number: number) => (number < 8 ** 11 ? octal(number, 12) : base256(BigInt(number), 12))
    const fields = (some: readonly [number, number][]) => Buffer.concat(some.flat().map(field))
    const rest = Buffer.alloc(512)
    fields(runs.slice(4)).copy(rest)
    const over = { 386: fields(runs.slice(0, 4)), 482: Buffer.of(1), 483: field(logical) }
    const image = await audited([
      archive(
        header({ name: 'stub.bin', flag: 'S', size: 6 * 512, magic: gnuMagic, over }),
        rest,
        Buffer.alloc(6 * 512, 7),
        file('behind', 'x'),
      ),
    ])
    expect(image.report.size).toMatchObject({ files: logical + 1, unpacked: 1024 + 6 * 512 + 1024 + 1024 })
    expect(Object.keys(shown(image))).toEqual(['/stub.bin', '/behind'])
  })

  it('of PAX has its own name and size, in front of a map that is none of its bytes', async () => {
    const keys = {
      'GNU.sparse.major': '1',
      'GNU.sparse.minor': '0',
      'GNU.sparse.name': 'opt/stub.bin',
      'GNU.sparse.realsize': String(logical),
    }
    const map = blocks(`1\n${logical - 512}\n512\n`)
    const image = await audited([
      archive(pax(keys), header({ name: 'opt/GNUSparseFile.0/stub.bin', size: 1024 }), map, Buffer.alloc(512, 7)),
    ])
    expect(shown(image)).toEqual({ '/opt/stub.bin': 0 })
    expect(image.report.size.files).toBe(logical)
  })
})

describe('a size that the field of a header cannot hold, or is wrong about', () => {
  it('is that of the PAX header, or base-256', async () => {
    const image = await audited([
      archive(
        pax({ size: '999' }),
        file('pax', 'x'.repeat(999), { size: 0 }),
        pax({ size: '4' }),
        file('stale', 'four', { size: 3000 }),
        file('binary', 'twelve bytes', { size: base256(12n, 12) }),
        file('last', 'x'),
      ),
    ])
    expect(image.rows.map(({ path, content }) => [path, content])).toEqual([
      ['/pax', 999],
      ['/stale', 4],
      ['/binary', 12],
      ['/last', 1],
    ])
  })

  it('is none of a link, whatever is smuggled in: what follows is not skipped', async () => {
    const image = await audited([
      archive(
        pax({ size: '1024' }),
        header({ name: 'link', flag: '2', link: 'to' }),
        file('hidden', 'x'),
        file('a', ''),
      ),
    ])
    expect(Object.keys(shown(image))).toEqual(['/link', '/hidden', '/a'])
  })

  it('is over 8 GiB in an image whose layer is, too', async () => {
    const size = 9 * 2 ** 30
    const parts = [pax({ size: String(size) }), header({ name: 'weights.bin', size: 0 })]
    const layer = { head: Buffer.concat(parts), tail: Buffer.concat([file('behind', 'x'), Buffer.alloc(1024)]) }
    const length = layer.head.length + size + layer.tail.length
    // Nobody reads 9 GiB to open it, and nothing but the configuration vouches for this digest.
    const config = configuration({ layers: [], config: { rootfs: { diff_ids: [`sha256:${'0'.repeat(64)}`] } } })
    const manifest = json([{ Config: `${hex(config)}.json`, RepoTags: ['app:1'], Layers: ['layer.tar'] }])
    const path = join(scratch(), 'image.tar')
    const out = openSync(path, 'w')
    writeSync(out, header({ name: 'layer.tar', size: base256(BigInt(length), 12) }), 0, 512, 0)
    writeSync(out, layer.head, 0, layer.head.length, 512)
    writeSync(out, layer.tail, 0, layer.tail.length, 512 + layer.head.length + size)
    const rest = archive(file(`${hex(config)}.json`, config), file('manifest.json', manifest))
    writeSync(out, rest, 0, rest.length, 512 + Math.ceil(length / 512) * 512)
    ftruncateSync(out, 512 + length + rest.length)
    closeSync(out)
    const report = await auditImage(await open(path))
    expect(report.size).toMatchObject({ files: size + 1, unpacked: length })
  })
})

describe('an old or odd header', () => {
  it('of v7 makes a layer as any other', async () => {
    const v7 = { magic: '', flag: '\0' }
    const image = await audited([
      archive(
        header({ ...v7, name: 'd/' }),
        file('d/a', 'x'.repeat(600), v7),
        header({ ...v7, flag: '1', name: 'd/hard', link: 'd/a' }),
        file('b', 'y', v7),
      ),
    ])
    expect(shown(image)).toEqual({ '/d': 0, '/d/a': 0, '/d/hard': 0, '/b': 0 })
    expect(image.report.size.files).toBe(601)
  })

  it('that holds for all, or says nothing, is passed over', async () => {
    const image = await audited([
      archive(
        pax({ comment: '0123456789abcdef0123456789abcdef01234567' }, 'g'),
        file('a', 'x'.repeat(10)),
        pax({}),
        file('b', 'y'.repeat(20)),
        pax({ path: 'elsewhere', size: '3' }, 'g'),
        file('c', 'z'.repeat(30)),
      ),
    ])
    expect(Object.keys(shown(image))).toEqual(['/a', '/b', '/c'])
    expect(image.report.size.files).toBe(60)
  })

  it('with a NUL in a path, bytes that are no UTF-8, a time before 1970, gives an entry all the same', async () => {
    const image = await audited([
      archive(
        longName('before\0behind'),
        file('short', 'x'),
        file('', 'x', { name: Buffer.from('caf\xe9', 'latin1') }),
        pax({ path: Buffer.from('na\xefve', 'latin1') }),
        file('other', 'x'),
        file('old', 'x', { mtime: base256(-86_400n, 12) }),
        pax({ mtime: '-1.5' }),
        file('older', 'x'),
        pax({ mtime: 'yesterday', uid: 'root' }),
        file('junk', 'x'),
      ),
    ])
    expect(Object.keys(shown(image))).toEqual(['/before', '/caf\udce9', '/na\udcefve', '/old', '/older', '/junk'])
    expect(image.rows.map(({ mtime }) => mtime)).toEqual([0, 0, 0, -86_400, -1.5, 0])
    expect(image.report.size.files).toBe(6)
  })

  it('with attributes is larger, and the file is not', async () => {
    const capability = { 'SCHILY.xattr.security.capability': Buffer.alloc(20, 1) }
    const many = { 'SCHILY.xattr.user.note': Buffer.alloc(5000, 'n') }
    const bare = await audited([archive(file('a', 'x'.repeat(100)), file('b', 'y'))])
    const image = await audited([archive(pax(capability), file('a', 'x'.repeat(100)), pax(many), file('b', 'y'))])
    expect(image.report.size.files).toBe(bare.report.size.files)
    expect(image.report.size.unpacked - bare.report.size.unpacked).toBe(512 + 512 + 512 + 5120)
    expect(image.rows.map(({ span }) => span)).toEqual([1024 + 1024, 512 + 5120 + 1024])
  })

  it('has owners that no field of eight digits holds', async () => {
    const image = await audited([archive(file('a', 'x', { uid: base256(3_000_000_000n, 8) }))])
    expect(image.rows[0]).toMatchObject({ uid: 3_000_000_000 })
  })
})
