import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { base256, header } from '../../fixtures/tar/build.ts'
import { auditImage } from '../../src/audit.ts'
import { configuration, hex, json, tarOf } from '../archive.ts'
import { open, scratch } from '../source/open.ts'

it('a layer of more than 2 GiB, a thousand times smaller as it is stored, is read whole in little memory', async () => {
  const piece = Buffer.alloc(64 * 2 ** 20)
  const count = 33
  const head = header({ name: 'usr/local/cuda/lib64/libstub.so', size: base256(BigInt(piece.length * count), 12) })
  const end = Buffer.alloc(1024)
  const zeros = gzipSync(piece)
  const blob = Buffer.concat([gzipSync(head), ...Array<Buffer>(count).fill(zeros), gzipSync(end)])
  // `(cat head; head -c 2214592512 /dev/zero; cat end) | sha256sum`, worked out once: it takes as long as the rest.
  const diffId = 'sha256:e8ca1babbe9d4a0d891892750d1386a6c5941f31c44383ff5edbca079b464f3a'
  const config = configuration({ layers: [], config: { rootfs: { type: 'layers', diff_ids: [diffId] } } })
  const manifest = [{ Config: `${hex(config)}.json`, RepoTags: ['app:1'], Layers: ['layer.tar.gz'] }]
  const path = join(scratch(), 'image.tar')
  const members = [
    ['layer.tar.gz', blob],
    [`${hex(config)}.json`, config],
    ['manifest.json', json(manifest)],
  ] as const
  writeFileSync(path, await tarOf(members))

  let most = 0
  const before = process.memoryUsage().arrayBuffers
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().arrayBuffers - before)
  }, 20)
  const image = await open(path)
  clearInterval(watch)
  const report = await auditImage(image)
  const size = piece.length * count
  expect(size).toBeGreaterThan(2 ** 31)
  expect(report.size).toMatchObject({ files: size, unpacked: size + 1536 })
  expect(report.size.unpacked / blob.length).toBeGreaterThan(900)
  expect(report.layers[0]?.verified).toBe(true)
  expect(most).toBeGreaterThan(0)
  expect(most).toBeLessThan(200 * 2 ** 20)
})
