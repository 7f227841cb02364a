/**
 * Writes the layers of an OCI layout anew, gzip in each: for measuring what a look into libraries costs.
 *
 *   node nameless.mjs <layout> <new layout> [--keep]
 *
 * No file keeps a name or a mode by which it would be taken for a library or a program, so nothing looks into it, while as
 * many bytes pass. --keep leaves them as they are, and only compresses alike.
 */
import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import tar from 'tar-stream'

const [from = '', to = '', keep] = process.argv.slice(2)
mkdirSync(join(to, 'blobs/sha256'), { recursive: true })
const blob = (/** @type {string} */ digest) => join(from, 'blobs/sha256', digest.replace('sha256:', ''))
const json = (/** @type {string} */ path) => JSON.parse(readFileSync(path, 'utf8'))

/** @param {Buffer} bytes */
function put(bytes) {
  const digest = createHash('sha256').update(bytes).digest('hex')
  writeFileSync(join(to, 'blobs/sha256', digest), bytes)
  return { digest: `sha256:${digest}`, size: bytes.length }
}

const index = json(join(from, 'index.json'))
const manifest = json(blob(index.manifests[0].digest))
const config = json(blob(manifest.config.digest))
for (const [number, layer] of manifest.layers.entries()) {
  const { diffId, ...written } = await renamed(layer.digest)
  Object.assign(layer, written)
  config.rootfs.diff_ids[number] = diffId
}
Object.assign(manifest.config, put(Buffer.from(JSON.stringify(config))))
Object.assign(index.manifests[0], put(Buffer.from(JSON.stringify(manifest))))
writeFileSync(join(to, 'index.json'), JSON.stringify(index))
writeFileSync(join(to, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))

/** @param {string} digest */
async function renamed(digest) {
  const pack = tar.pack()
  const extract = tar.extract()
  extract.on('entry', (header, content, next) => {
    const name = header.name.replace(/\.(so(?:\.[\d.]+)?|a|o|co|ko|node|cubin|fatbin|hsaco)$/, '_$1')
    const other = { ...header, name, mode: (header.mode ?? 0) & ~0o111 }
    content.pipe(pack.entry(keep || header.type !== 'file' ? header : other, next))
  })
  extract.on('finish', () => pack.finalize())
  const diffId = createHash('sha256')
  /** @type {Buffer[]} */
  const parts = []
  await Promise.all([
    pipeline(createReadStream(blob(digest)), createGunzip(), extract),
    pipeline(
      pack,
      async function* (chunks) {
        for await (const chunk of chunks) {
          diffId.update(chunk)
          yield chunk
        }
      },
      createGzip({ level: 1 }),
      async chunks => {
        for await (const chunk of chunks) parts.push(chunk)
      },
    ),
  ])
  return { ...put(Buffer.concat(parts)), diffId: `sha256:${diffId.digest('hex')}` }
}
