import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { archive, file } from '../../fixtures/tar/build.ts'
import {
  configuration,
  craneArchive,
  digest,
  docker25Archive,
  docker29Archive,
  hex,
  json,
  legacyArchive,
  type Part,
  type Parts,
  podmanArchive,
  tarOf,
} from '../archive.ts'
import { failure, open, openPiped, scratch } from '../source/open.ts'
import { storedFrame } from './zstd-frames.ts'

const base = archive(file('etc/os-release', 'ID=debian\n'), file('lib.so', 'x'.repeat(3000)))
const app = archive(file('app.py', 'print(1)'))
const image = { layers: [base, app], name: 'app:1' }

/** An archive as `docker save` writes it, of layers as they are named in it. */
function saving(layers: readonly string[], members: Parts, diffIds = [base, app].map(digest)): Promise<Buffer> {
  const config = configuration({ layers: [], config: { rootfs: { type: 'layers', diff_ids: diffIds } } })
  const manifest = [{ Config: `${hex(config)}.json`, RepoTags: ['app:1'], Layers: layers }]
  return tarOf([...members, [`${hex(config)}.json`, config], ['manifest.json', json(manifest)]])
}

async function onDisk(bytes: Buffer, name = 'image.tar', options: Parameters<typeof open>[1] = {}) {
  const path = join(scratch(), name)
  writeFileSync(path, bytes)
  return open(path, options)
}

/** Opened from the disk and out of a pipe. */
async function both(bytes: Buffer, options: Parameters<typeof open>[1] = {}) {
  return [await onDisk(bytes, 'image.tar', options), await openPiped(bytes, options)]
}

const diffIds = (images: Awaited<ReturnType<typeof both>>) =>
  images.map(({ layers }) => layers.map(({ index }) => index.diffId))
const right = [base, app].map(digest)

describe('what compresses an archive or a layer', () => {
  it.each(['image.tar', 'image.tar.gz', 'image.tgz', 'image.zip', 'image', 'image.tar.zst'])(
    'is not told by the name %s',
    async name => {
      const plain = await legacyArchive(image)
      for (const bytes of [plain, gzipSync(plain), storedFrame(plain)]) {
        expect(diffIds([await onDisk(bytes, name)])).toEqual([right])
      }
    },
  )

  it('is not told by the name of a layer: layer.tar is gzip, layer.tar.gz is none', async () => {
    const members: Parts = [
      ['a/layer.tar', gzipSync(base)],
      ['b/layer.tar.gz', app],
    ]
    expect(diffIds(await both(await saving(['a/layer.tar', 'b/layer.tar.gz'], members)))).toEqual([right, right])
  })
})

describe('several images in one archive', () => {
  const three = () =>
    legacyArchive(
      { layers: [base], name: 'me/test:1.0' },
      { layers: [base, app], name: 'she/scratch:1.0' },
      { layers: [app] },
    )

  it('are listed, and none is taken for the one that was meant', async () => {
    for (const error of [await failure(onDisk(await three())), await failure(openPiped(await three()))]) {
      expect(error.code).toBe('IMAGE_AMBIGUOUS')
      expect(error.message).toMatch(/3 images: 1\. me\/test:1\.0 \(.*2\. she\/scratch:1\.0 \(.*3\. sha256:/)
      expect(error.fix).toContain('--image me/test:1.0')
    }
  })

  it.each(['she/scratch:1.0', '2'])('are chosen from: %s', async wanted => {
    expect(diffIds(await both(await three(), { image: wanted }))).toEqual([right, right])
  })
})

describe('a layer that is a link to another one', () => {
  const link = (to: string): Part => ({ symlink: to })

  it.each<[string, readonly string[], Parts]>([
    [
      'as Docker wrote them',
      ['1/layer.tar', '2/layer.tar'],
      [
        ['0/layer.tar', base],
        ['1/layer.tar', link('../0/layer.tar')],
        ['2/layer.tar', app],
      ],
    ],
    [
      'before what it leads to',
      ['1/layer.tar', 'app.tar'],
      [
        ['1/layer.tar', link('../base.tar')],
        ['app.tar', app],
        ['base.tar', base],
      ],
    ],
    [
      'through another link',
      ['1/layer.tar', 'app.tar'],
      [
        ['1/layer.tar', link('../2/layer.tar')],
        ['2/layer.tar', link('/base.tar')],
        ['base.tar', base],
        ['app.tar', app],
      ],
    ],
    [
      'a hard one',
      ['1/layer.tar', 'app.tar'],
      [
        ['base.tar', base],
        ['1/layer.tar', { hardlink: 'base.tar' }],
        ['app.tar', app],
      ],
    ],
  ])('is that one: %s', async (_, layers, members) => {
    expect(diffIds(await both(await saving(layers, members)))).toEqual([right, right])
  })

  it.each<[string, Parts]>([
    [
      'in a circle',
      [
        ['1/layer.tar', link('../2/layer.tar')],
        ['2/layer.tar', link('../1/layer.tar')],
      ],
    ],
    ['to nothing', [['1/layer.tar', link('../gone/layer.tar')]]],
    ['out of the archive', [['1/layer.tar', link('../../../../etc/passwd')]]],
    ['to a file of this machine', [['1/layer.tar', link('/etc/passwd')]]],
  ])('is missing when it leads %s', async (_, members) => {
    const bytes = await saving(['1/layer.tar', 'app.tar'], [...members, ['app.tar', app]])
    for (const error of [await failure(onDisk(bytes)), await failure(openPiped(bytes))]) {
      expect(error.code).toBe('BLOB_MISSING')
      expect(error.message).toContain('layer 1')
    }
  })
})

describe('archives of other writers', () => {
  it.each([
    ['kaniko and crane: a configuration called sha256:…, layers at the root', craneArchive, 2],
    ['podman and skopeo: links to layers named by their digest', podmanArchive, 2],
    ['Docker 25 to 28: blobs, and LayerSources', docker25Archive, 2],
    ['Docker 29: compressed blobs, an index in the index', docker29Archive, 2],
    ['Docker up to 24', legacyArchive, 2],
  ] as const)('%s', async (_, write, count) => {
    const images = await both(await write(image), { platform: 'linux/amd64' })
    expect(diffIds(images)).toEqual([right, right])
    expect(images[0]?.layers).toHaveLength(count)
  })

  it('Docker 25, of an image saved by its ID: index.json has manifests: null', async () => {
    const config = configuration(image)
    const blob = (bytes: Buffer) => `blobs/sha256/${hex(bytes)}`
    const manifest = [{ Config: blob(config), RepoTags: null, Layers: image.layers.map(blob) }]
    const bytes = await tarOf([
      ...[config, ...image.layers].map(each => [blob(each), each] as const),
      ['index.json', Buffer.from('{"schemaVersion":2,"manifests":null}')],
      ['manifest.json', json(manifest)],
      ['oci-layout', json({ imageLayoutVersion: '1.0.0' })],
    ])
    expect(diffIds(await both(bytes))).toEqual([right, right])
    // The same, unpacked into a folder.
    const folder = join(scratch(), 'layout')
    mkdirSync(join(folder, 'blobs/sha256'), { recursive: true })
    for (const each of [config, ...image.layers]) writeFileSync(join(folder, blob(each)), each)
    writeFileSync(join(folder, 'index.json'), '{"schemaVersion":2,"manifests":null}')
    writeFileSync(join(folder, 'manifest.json'), json(manifest))
    writeFileSync(join(folder, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }))
    expect(diffIds([await open(folder)])).toEqual([right])
  })
})
