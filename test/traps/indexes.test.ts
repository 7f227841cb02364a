import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { archive, file } from '../../fixtures/tar/build.ts'
import { hostPlatform } from '../../src/image/platform.ts'
import { digest, json, Layout, named, tarOf } from '../archive.ts'
import { failure, open, openPiped, scratch } from '../source/open.ts'
import { storedFrame } from './zstd-frames.ts'

const layer = archive(file('a', 'x'.repeat(2000)))
const host = hostPlatform().architecture
const parts = { layers: [layer], architecture: host }

/** A layout in a folder, as an archive on the disk and out of a pipe. */
async function opened(layout: Layout, options: Parameters<typeof open>[1] = {}) {
  const folder = join(scratch(), 'layout')
  layout.write(folder)
  return [await open(folder, options), await openPiped(await tarOf(layout.parts()), options)]
}

/** A descriptor of something that the layout does not hold. */
function absent(architecture: string): object {
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  return { mediaType, digest: digest(Buffer.from(architecture)), size: 1000, platform: { os: 'linux', architecture } }
}

describe('an index', () => {
  it('that lists twenty platforms, one of which is there, is that image', async () => {
    const layout = new Layout()
    const others = Array.from({ length: 19 }, (_, at) => absent(`arch${at}`))
    const own = layout.image(parts)
    layout.manifests.push(named(layout.index([...others.slice(0, 7), own, ...others.slice(7)]), 'app:1'))
    for (const image of await opened(layout)) {
      expect([image.platform, image.layers.length]).toEqual([`linux/${host}`, 1])
    }
  })

  it('that lists more than it holds of one platform is what it holds, or the other platform that it does', async () => {
    for (const architecture of [host, 's390x']) {
      for (const there of ['neither', 'the manifest']) {
        const layout = new Layout()
        const gone = { layers: [archive(file('gone', there))], architecture: host }
        const lacking = there === 'neither' ? absent(host) : layout.image(gone)
        layout.manifests.push(named(layout.index([lacking, layout.image({ ...parts, architecture })]), 'app:1'))
        layout.blobs.delete(digest(gzipSync(gone.layers[0] ?? layer)))
        for (const image of await opened(layout)) {
          expect([image.platform, image.config.diffIds]).toEqual([`linux/${architecture}`, [digest(layer)]])
        }
      }
    }
  })

  it('that marks something as said about an image has one image less, whatever that looks like', async () => {
    const about = { layers: [archive(file('sbom.json', '{}'))], architecture: host }
    for (const mark of [
      { annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } },
      { annotations: { 'io.containerd.manifest.subject': 'x' } },
      { platform: { os: 'unknown', architecture: 'unknown' } },
      { artifactType: 'application/vnd.docker.attestation.manifest.v1+json' },
    ]) {
      const layout = new Layout()
      const image = layout.image(parts)
      layout.manifests.push(named(layout.index([{ ...layout.image(about), ...mark }, image]), 'app:1'))
      for (const { config } of await opened(layout)) expect(config.diffIds).toEqual([digest(layer)])
    }
  })

  it('that has an attestation beside the image is one image, marked or not', async () => {
    for (const marked of [true, false]) {
      const layout = new Layout()
      const { annotations, platform, ...bare } = { annotations: {}, platform: {}, ...layout.attestation('x') }
      const attestation = marked ? { ...bare, annotations, platform } : bare
      layout.manifests.push(named(layout.index([layout.image(parts), attestation]), 'app:1'))
      for (const image of await opened(layout)) expect(image.layers).toHaveLength(1)
    }
  })

  it('in an index in an index is followed; null where a list should be is an empty one', async () => {
    const layout = new Layout()
    const empty = layout.add(json({ schemaVersion: 2, manifests: null }))
    layout.manifests.push(named(layout.index([empty, layout.index([layout.image(parts)])]), 'app:1'))
    for (const image of await opened(layout)) expect(image.layers).toHaveLength(1)
  })

  it('none of whose images is there names the blob that is missing', async () => {
    const layout = new Layout()
    layout.manifests.push(named(layout.index([absent(host), absent('s390x')]), 'app:1'))
    const path = join(scratch(), 'layout')
    layout.write(path)
    const error = await failure(open(path))
    expect(error.code).toBe('BLOB_MISSING')
    expect(error.message).toContain(digest(Buffer.from(host)))
  })
})

describe('a media type', () => {
  const types = [
    'application/vnd.oci.image.layer.v1.tar',
    'application/vnd.oci.image.layer.v1.tar+gzip',
    'application/vnd.oci.image.layer.v1.tar+zstd',
    'application/vnd.docker.image.rootfs.diff.tar',
    'application/vnd.docker.image.rootfs.diff.tar.gzip',
    'application/vnd.docker.image.rootfs.diff.tar.zstd',
    'application/vnd.docker.image.rootfs.diff.tar+zstd',
    'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
    'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
    '',
  ]
  const blobs: Readonly<Record<string, Buffer>> = {
    plain: layer,
    gzip: gzipSync(layer),
    zstd: storedFrame(layer),
  }

  it.each(types)('is a hint alone: %s', async mediaType => {
    for (const [name, blob] of Object.entries(blobs)) {
      const layout = new Layout()
      const rootfs = { type: 'layers', diff_ids: [digest(layer)] }
      const document = layout.add(json({ os: 'linux', architecture: host, rootfs }))
      const config = { mediaType: 'application/vnd.docker.container.image.v1+json', ...document }
      const manifest = { schemaVersion: 2, config, layers: [{ mediaType, ...layout.add(blob) }] }
      layout.manifests.push(named(layout.add(json(manifest)), 'app:1'))
      for (const { layers } of await opened(layout)) {
        const [read] = layers
        expect([name, read?.index.files, read?.stored]).toEqual([name, 2000, blob.length])
      }
    }
  })
})
