import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Crc64 } from '../../src/bytes/crc64.ts'
import { memoryBytes } from '../../src/bytes/memory.ts'
import { ImgauditError } from '../../src/error.ts'
import { placesOf, storedSize } from '../../src/image/contents.ts'
import { seekLayer } from '../../src/image/indexer.ts'
import type { LayerIndex } from '../../src/image/layer-index.ts'
import { indexRecord } from '../../src/image/record-indexer.ts'
import { rpmdb } from '../probe/rpm/fixture.ts'
import { mixed } from '../tar/mixed.ts'
import { makeTree } from '../tar/tree.ts'
import { tarSplitOf } from '../tar-split.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgaudit-'))
  makeTree(join(folder, 'root'), false)
  makeTree(join(folder, 'simp'), true)
})
afterAll(() => rmSync(folder, { recursive: true }))

const diffId = `sha256:${'0'.repeat(64)}`

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size))
}

function entriesOf({ entries }: LayerIndex) {
  return Array.from({ length: entries.length }, (_, ordinal) => entries.at(ordinal))
}

/** All that two ways of reading a layer must agree in. */
function said(index: LayerIndex) {
  return { entries: entriesOf(index), files: index.files, unpacked: index.unpacked, notices: index.notices }
}

function archived(tree: string, format: string): string {
  const path = join(folder, `${tree}-${format}.tar`)
  spawnSync('tar', ['-cf', path, '--sort=name', '-C', folder, `--format=${format}`, tree])
  return path
}

describe.each([
  ['simp', 'v7'],
  ['root', 'oldgnu'],
  ['root', 'gnu'],
  ['root', 'ustar'],
  ['root', 'posix'],
])('the record of a tar of %s, %s', (tree, format) => {
  it.each([1_000_000, 997, 64])('says what the tar says, in pieces of %d', async size => {
    const path = archived(tree, format)
    const tar = readFileSync(path)
    const { index } = await indexRecord(pieces(tarSplitOf(path), size), diffId)
    const sought = await seekLayer(memoryBytes(tar), diffId)
    expect(said(index)).toEqual(said(sought))
    expect(index).toMatchObject({ route: 'layer-store', verified: false, diffId })
    const files = entriesOf(index).flatMap(({ kind, content }, ordinal) =>
      kind === 'file' && content > 0 ? [ordinal] : [],
    )
    expect(files.length).toBeGreaterThan(3)
    for (const { ordinal, start, size } of placesOf(index, files)) {
      expect(size).toBe(storedSize(index, ordinal))
      const checksum = new Crc64().update(tar.subarray(start, start + size)).digest()
      expect(index.facts.checksums?.get(ordinal)).toBe(checksum.toString('latin1'))
    }
  })
})

it('leaves the contents that probes want to whoever has them', async () => {
  const status = 'Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n'
  const root = join(folder, 'dpkg')
  spawnSync('mkdir', ['-p', join(root, 'var/lib/dpkg')])
  writeFileSync(join(root, 'var/lib/dpkg/status'), status)
  const path = join(folder, 'dpkg.tar')
  spawnSync('tar', ['-cf', path, '-C', root, '.'])
  const { index, wanted } = await indexRecord(pieces(tarSplitOf(path), 1000), diffId)
  const [[ordinal, reader] = [-1, undefined]] = wanted
  expect([wanted.size, index.entries.path(ordinal), index.facts.records.size]).toEqual([1, '/var/lib/dpkg/status', 0])
  reader?.push(Buffer.from(status), 0)
  reader?.end()
  expect(index.facts.records.get(ordinal)).toMatchObject({ kind: 'dpkg-status', packages: [{ name: 'a' }] })
})

it('has settled once what a library reads is read', async () => {
  const root = join(folder, 'rpm')
  const bytes = rpmdb('erased')
  mkdirSync(join(root, 'var/lib/rpm'), { recursive: true })
  writeFileSync(join(root, 'var/lib/rpm/rpmdb.sqlite'), bytes)
  const path = join(folder, 'rpm.tar')
  spawnSync('tar', ['-cf', path, '-C', root, '.'])
  const { index, wanted, settled } = await indexRecord(pieces(tarSplitOf(path), 1000), diffId)
  const [[ordinal, reader] = [-1, undefined]] = wanted
  reader?.push(bytes, 0)
  reader?.end()
  expect(index.facts.records.size).toBe(0)
  await settled()
  expect(index.facts.records.get(ordinal)).toMatchObject({ kind: 'rpm-database', packages: [{ name: 'alpha' }] })
})

describe('a damaged record', () => {
  const failure = async (record: Buffer) => {
    const error = await indexRecord(pieces(record, 5000), diffId).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (error !== undefined && !(error instanceof ImgauditError)) throw error
    return error
  }
  const lines = () => tarSplitOf(archived('simp', 'gnu')).toString().split('\n').slice(0, -1)
  const contents = (all: readonly string[]) => all.flatMap((line, at) => (line.includes('"size"') ? [at] : []))

  it('that is cut after any line is an error, or has fewer bytes of files than the engine noted', async () => {
    const all = lines()
    const whole = (await indexRecord(pieces(Buffer.from(all.join('\n')), 5000), diffId)).index.files
    const last = Math.max(...contents(all))
    for (let end = 1; end <= last; end++) {
      const cut = Buffer.from(`${all.slice(0, end).join('\n')}\n`)
      const error = await failure(cut)
      if (error !== undefined) expect(['ARCHIVE_INVALID', 'ARCHIVE_TRUNCATED']).toContain(error.code)
      else expect((await indexRecord(pieces(cut, 5000), diffId)).index.files).toBeLessThan(whole)
    }
  })

  it('that lacks a content, has one twice, or one of another size is an error', async () => {
    const all = lines()
    for (const at of contents(all)) {
      const without = all.filter((_, line) => line !== at)
      const twice = all.flatMap((line, number) => (number === at ? [line, line] : [line]))
      const longer = all.map((line, number) => (number === at ? line.replace(/"size":(\d+)/, '"size":1$1') : line))
      for (const damaged of [without, twice, longer])
        expect(await failure(Buffer.from(damaged.join('\n')))).toBeDefined()
    }
  })

  it.each([
    'no JSON',
    '{"type":3,"payload":""}',
    '{"type":1,"size":-1,"payload":"AAAAAAAAAAA="}',
    '{"type":1,"size":5,"payload":"AAAA"}',
    '{"type":2,"payload":7}',
    '[]',
    'null',
  ])('with a line %s is ARCHIVE_INVALID', async line => {
    const all = lines()
    for (const at of [0, 3, all.length]) {
      const error = await failure(Buffer.from(all.toSpliced(at, 0, line).join('\n')))
      expect(error?.code).toBe('ARCHIVE_INVALID')
    }
  })

  it('of a sparse file is ARCHIVE_INVALID: what such a record says of contents is about another archive', async () => {
    const path = join(folder, 'mixed.tar')
    writeFileSync(path, mixed)
    expect(await failure(tarSplitOf(path))).toMatchObject({ code: 'ARCHIVE_INVALID' })
  })
})
