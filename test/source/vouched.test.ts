import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type AuditOptions, audit } from '../../src/audit.ts'
import { memoryBytes } from '../../src/bytes/memory.ts'
import { cachePath } from '../../src/image/cache-folder.ts'
import { seekLayer } from '../../src/image/indexer.ts'
import { LayerCache } from '../../src/image/layer-cache.ts'
import { digest, json, layerTar, legacyArchive, tarOf } from '../archive.ts'
import { failure, scratch } from './open.ts'

const large = (byte: string) => Buffer.alloc(70_000, byte)

/** An image whose configuration says that its layer is another one than it is. */
function lying(layer: Buffer, diffId: string): Promise<Buffer> {
  const config = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [diffId] }, history: [{}] }
  return tarOf([
    ['config.json', json(config)],
    ['layer.tar', layer],
    ['manifest.json', json([{ Config: 'config.json', RepoTags: ['app:1'], Layers: ['layer.tar'] }])],
  ])
}

describe('a layer that is known, and an archive that calls another one by its diff ID', async () => {
  const known = await layerTar({ a: large('a'), b: large('b') })
  const other = await layerTar({ a: large('z'), b: large('z') })
  const shorter = await layerTar({ a: large('a') })

  /** A cache that knows the layer as an engine's store tells it, without digests. */
  const begin = async () => {
    const folder = scratch()
    const options: AuditOptions = { env: {}, cwd: folder, homedir: folder, stdin: Readable.from([]), pull: 'never' }
    const cache = () => new LayerCache(cachePath(options.env, folder))
    expect(cache().put(await seekLayer(memoryBytes(known), digest(known), 'blob'))).toBeUndefined()
    const auditOf = (archive: Buffer, change: Partial<AuditOptions> = {}) => {
      writeFileSync(join(folder, 'app.tar'), archive)
      return audit('app.tar', { ...options, ...change })
    }
    return { cache, auditOf }
  }

  test.each([
    ['plain', (bytes: Buffer) => bytes],
    ['gzip', (bytes: Buffer) => gzipSync(bytes)],
  ])('does not get into the cache what nobody checked: %s', async (_, compress) => {
    const { cache, auditOf } = await begin()
    const report = await auditOf(await lying(compress(other), digest(known)))
    expect(report.layers).toMatchObject([{ route: 'cache', verified: false }])
    expect(cache().get(digest(known))?.facts.digests.count).toBe(0)
    // Nor is the honest image told to have two files of equal content.
    const honest = await auditOf(await legacyArchive({ layers: [known], name: 'app:1' }))
    expect(honest.findings.map(({ rule }) => rule)).not.toContain('duplicate-files')
  })

  test('is told when it has to be looked into, and when all is checked', async () => {
    const { auditOf } = await begin()
    for (const layer of [shorter, gzipSync(shorter)]) {
      const archive = await lying(layer, digest(known))
      expect(await failure(auditOf(archive))).toMatchObject({ code: 'DIGEST_MISMATCH', exitCode: 3 })
    }
    const checked = auditOf(await lying(other, digest(known)), { verify: true })
    expect(await failure(checked)).toMatchObject({ code: 'DIGEST_MISMATCH' })
  })
})
