import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { ImgauditError } from '../../src/error.ts'
import {
  configuration,
  digest,
  hex,
  type ImageParts,
  json,
  Layout,
  layerTar,
  legacyArchive,
  type Parts,
  podmanArchive,
  tarOf,
} from '../archive.ts'
import { failure, open, openPiped, scratch } from './open.ts'

let parts: ImageParts

beforeAll(async () => {
  parts = { layers: [await layerTar({ 'a/b': 'c' }), await layerTar({ 'a/d': 'e'.repeat(5000) })], name: 'app:1' }
})

/** What an archive fails with, on disk and piped: the same both times. */
async function failures(archive: Buffer, options: Parameters<typeof open>[1] = {}): Promise<ImgauditError> {
  const path = join(scratch(), 'image.tar')
  writeFileSync(path, archive)
  const onDisk = await failure(open(path, { verify: true, ...options }))
  const piped = await failure(openPiped(archive, options))
  expect(piped.code).toBe(onDisk.code)
  expect(onDisk.exitCode).toBe(3)
  expect(onDisk.fix).not.toBe('')
  return onDisk
}

function saved(image: ImageParts, change: (manifest: Record<string, unknown>) => object, extra: Parts = []) {
  const config = configuration(image)
  const layers = image.layers.map((layer, at) => [`${at}.tar`, layer] as const)
  const manifest = { Config: `${hex(config)}.json`, RepoTags: ['app:1'], Layers: layers.map(([name]) => name) }
  return tarOf([...layers, [`${hex(config)}.json`, config], ...extra, ['manifest.json', json([change(manifest)])]])
}

describe('what is no image archive', () => {
  test.each([
    ['nothing', Buffer.alloc(0), 'NOT_AN_IMAGE'],
    ['text', Buffer.from('hello\n'), 'NOT_AN_IMAGE'],
    ['JSON', json({ a: 1 }), 'NOT_AN_IMAGE'],
    ['gzip of text', gzipSync('hello'), 'NOT_AN_IMAGE'],
    ['xz', Buffer.from('fd377a585a0000', 'hex'), 'COMPRESSION_UNKNOWN'],
    ['bzip2', Buffer.from('BZh91AY'), 'COMPRESSION_UNKNOWN'],
  ])('%s', async (_, bytes, code) => {
    expect((await failures(bytes)).code).toBe(code)
  })

  test('a root file system', async () => {
    const tar = await layerTar({ 'etc/passwd': 'x', 'usr/bin/sh': 'x', 'var/log/x': '', 'manifest.jsonx': '{}' })
    const error = await failures(tar)
    expect(error.code).toBe('ROOT_FILESYSTEM')
    expect(error.fix).toContain('docker save')
  })

  test('a bare layer', async () => {
    expect((await failures(await layerTar({ 'app/.wh.old': '', 'app/new': '1' }))).code).toBe('BARE_LAYER')
    expect((await failures(await layerTar({ 'etc/.wh.old': '', 'usr/a': '', 'var/b': '' }))).code).toBe('BARE_LAYER')
    expect((await failures(gzipSync(await layerTar({ 'opt/app/new': '1' })))).code).toBe('BARE_LAYER')
  })

  test('some tar', async () => {
    expect((await failures(await layerTar({ 'src/index.ts': '1' }))).code).toBe('NOT_AN_IMAGE')
  })

  test('names of nothing', async () => {
    const error = await failure(open('./App.Tar', { cwd: scratch() }))
    expect(error.code).toBe('REFERENCE_UNKNOWN')
    expect(error.message).toContain('App.Tar')
    expect((await failure(open('docker-archive:./none.tar', { cwd: scratch() }))).code).toBe('FILE_UNREADABLE')
    expect((await failure(open('oci:none', { cwd: scratch() }))).code).toBe('FILE_UNREADABLE')
    expect((await failure(open('oci:.', { cwd: scratch() }))).code).toBe('NOT_AN_IMAGE')
  })
})

describe('what is damaged', () => {
  test('cut short', async () => {
    const archive = await legacyArchive(parts)
    expect((await failures(archive.subarray(0, 2000))).code).toBe('ARCHIVE_TRUNCATED')
    expect((await failures(gzipSync(archive).subarray(0, -20))).code).toBe('ARCHIVE_TRUNCATED')
  })

  test('a layer that is another', async () => {
    const [first, second] = parts.layers
    if (first === undefined || second === undefined) return
    const config = configuration({ layers: [first, first] })
    const manifest = [{ Config: `${hex(config)}.json`, RepoTags: null, Layers: ['0', '1'] }]
    const archive = await tarOf([
      ['0', first],
      ['1', second],
      [`${hex(config)}.json`, config],
      ['manifest.json', json(manifest)],
    ])
    const error = await failures(archive, {})
    expect(error.code).toBe('DIGEST_MISMATCH')
    expect(error.message).toContain(digest(first))
  })

  test('a configuration that is another', async () => {
    const name = `${'0'.repeat(64)}.json`
    const archive = await saved(parts, manifest => ({ ...manifest, Config: name }), [[name, configuration(parts)]])
    expect((await failures(archive)).code).toBe('DIGEST_MISMATCH')
  })

  test('a blob that is not there', async () => {
    const archive = await saved(parts, manifest => ({ ...manifest, Layers: ['0.tar', '7.tar'] }))
    expect((await failures(archive)).code).toBe('BLOB_MISSING')
  })

  test('layers and diff IDs of different number', async () => {
    const archive = await saved(parts, manifest => ({ ...manifest, Layers: ['0.tar'] }))
    const error = await failures(archive)
    expect(error.code).toBe('LAYER_COUNT')
    expect(error.message).toContain('1 layers')
  })

  test('a layer that is no tar, or compressed otherwise', async () => {
    for (const [bytes, code] of [
      [Buffer.from('no tar at all'), 'ARCHIVE_INVALID'],
      [Buffer.from('fd377a585a0000', 'hex'), 'COMPRESSION_UNKNOWN'],
      [gzipSync('no tar at all'), 'CHECKSUM_WRONG'],
    ] as const) {
      const archive = await podmanArchive({ layers: [bytes] })
      const error = await failures(archive)
      expect([code, 'ARCHIVE_INVALID', 'ARCHIVE_TRUNCATED']).toContain(error.code)
      expect(error.message).toContain('layer 1 of 1')
    }
  })

  test('documents that are none', async () => {
    const broken = await tarOf([['manifest.json', Buffer.from('{"a": ')]])
    expect((await failures(broken)).code).toBe('MANIFEST_INVALID')
    const large = await tarOf([['manifest.json', Buffer.alloc(5 * 1024 * 1024, '[ ')]])
    expect((await failures(large)).code).toBe('LIMIT')
    expect((await failures(await saved(parts, () => ({ Layers: [] })))).code).toBe('MANIFEST_INVALID')
  })
})

test('a Windows image', async () => {
  const layout = new Layout()
  layout.manifests.push(layout.image({ ...parts, config: { os: 'windows' } }))
  expect((await failures(await tarOf(layout.parts()))).code).toBe('WINDOWS_IMAGE')
})

test('an interruption ends the wait for bytes that do not come', async () => {
  const controller = new AbortController()
  const stdin = new Readable({ read: () => undefined })
  const opening = failure(open('-', { stdin, signal: controller.signal }))
  setTimeout(() => controller.abort(), 20)
  expect((await opening).code).toBe('INTERRUPTED')
})

test('every error is one of ours', async () => {
  const archive = await legacyArchive(parts)
  for (let at = 0; at < archive.length; at += 997) {
    const damaged = Buffer.from(archive)
    damaged.writeUInt8((damaged.readUInt8(at) + 129) % 256, at)
    const error = await openPiped(damaged).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (error !== undefined) expect(error).toBeInstanceOf(ImgauditError)
  }
})
