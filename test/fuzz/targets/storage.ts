import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { configuration, digest, json } from '../../archive.ts'
import { smallImage } from '../seeds.ts'
import { opened, scratch, surroundings } from '../surroundings.ts'
import type { Target } from '../target.ts'

const image = await smallImage()
const config = configuration(image)
const manifest = json({
  schemaVersion: 2,
  config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digest(config), size: config.length },
  layers: image.layers.map(layer => ({
    mediaType: 'application/vnd.oci.image.layer.v1.tar',
    digest: digest(layer),
    size: layer.length,
  })),
})
const records = {
  images: [
    {
      id: 'a1',
      names: ['localhost/app:1'],
      digest: digest(manifest),
      layer: 'l1',
      'big-data-digests': { manifest: digest(manifest) },
    },
  ],
  layers: image.layers.map((layer, at) => ({
    id: `l${image.layers.length - 1 - at}`,
    ...(at > 0 ? { parent: `l${image.layers.length - at}` } : {}),
    'diff-digest': digest(layer),
    'diff-size': layer.length,
  })),
  manifest: JSON.parse(manifest.toString()),
}

/** What a store of containers/storage says of its images; an input is the JSON of its lists. */
export const storage: Target = {
  name: 'storage',
  seeds: () => [json(records), json({ ...records, images: records.images.map(one => ({ ...one, layer: 'l0' })) })],
  pieces: ['a1', 'l0', 'l1', '../', 'localhost/app:1', digest(config)],
  json: true,
  runs: 60,
  async read(bytes) {
    const root = join(scratch(), 'storage')
    rmSync(root, { recursive: true, force: true })
    const lists = listsIn(bytes)
    write(join(root, 'vfs-images'), 'images.json', lists.images)
    write(join(root, 'vfs-layers'), 'layers.json', lists.layers)
    write(join(root, 'vfs-images/a1'), 'manifest', lists.manifest)
    write(join(root, 'vfs-images/a1'), `=${Buffer.from(digest(config)).toString('base64')}`, config.toString())
    for (const id of ['l0', 'l1']) writeFileSync(join(root, `vfs-layers/${id}.tar-split.gz`), gzipSync(''))
    await opened(`containers-storage:[vfs@${root}]app:1`, surroundings(), ({ layers }) => layers.length)
  },
}

function write(folder: string, name: string, text = ''): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), text)
}

function listsIn(bytes: Buffer): Readonly<Record<string, string>> {
  try {
    const all: unknown = JSON.parse(bytes.toString())
    if (typeof all !== 'object' || all === null) throw new SyntaxError()
    return Object.fromEntries(Object.entries(all).map(([name, list]) => [name, JSON.stringify(list)]))
  } catch {
    return { images: bytes.toString(), layers: JSON.stringify(records.layers) }
  }
}
