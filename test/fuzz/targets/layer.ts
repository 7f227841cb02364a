import { gunzipSync, gzipSync } from 'node:zlib'
import { configuration, digest, hex, json, Layout, tarOf } from '../../archive.ts'
import { mixed } from '../../tar/mixed.ts'
import { auditArchive } from '../audited.ts'
import { packagesLayer, storedZstd } from '../seeds.ts'
import { opened, surroundings } from '../surroundings.ts'
import type { Target } from '../target.ts'
import { summedAgain, tar } from './tar.ts'

const base = await packagesLayer()

/** A layer that its image vouches for, on top of another: read, examined and reported to the end. */
export const layer: Target = {
  name: 'layer',
  seeds: () => [base, mixed],
  pieces: [...(tar.pieces ?? []), '.wh.', '.wh..wh..opq', '../', 'usr/lib/libx.so.1', 'etc/ld.so.conf'],
  mend: summedAgain,
  async read(bytes) {
    const layers = [base, bytes]
    const config = configuration({ layers })
    const name = `${hex(config)}.json`
    const manifest = json([{ Config: name, RepoTags: ['app:1'], Layers: ['a.tar', 'b.tar'] }])
    await auditArchive(
      await tarOf([
        ['a.tar', base],
        ['b.tar', bytes],
        [name, config],
        ['manifest.json', manifest],
      ]),
    )
  },
}

/** A compressed blob with the right digest, of a layer that it may or may not be. */
export const blob: Target = {
  name: 'blob',
  seeds: () => [gzipSync(base), storedZstd(base), base],
  async read(bytes) {
    const layout = new Layout()
    const described = layout.add(bytes)
    const config = layout.add(configuration({ layers: [unfolded(bytes)] }))
    const types = 'application/vnd.oci.image'
    const manifest = layout.add(
      json({
        schemaVersion: 2,
        mediaType: `${types}.manifest.v1+json`,
        config: { mediaType: `${types}.config.v1+json`, ...config },
        layers: [{ mediaType: `${types}.layer.v1.tar+gzip`, ...described, digest: digest(bytes) }],
      }),
    )
    layout.manifests.push({ mediaType: `${types}.manifest.v1+json`, ...manifest })
    await opened('-', surroundings(await tarOf(layout.parts())), ({ layers }) => layers.length)
  },
}

function unfolded(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: 64 * 1024 * 1024 })
  } catch {
    return base
  }
}
