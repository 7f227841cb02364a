import { createHash } from 'node:crypto'
import { createWriteStream, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { digest, json } from '../archive.ts'
import type { Bomb } from './blobs.ts'

export type Chunks = Iterable<Buffer>

/** A blob of a layout: its own digest, and that of what it unpacks to. */
export interface WrittenBlob {
  readonly digest: string
  readonly diffId: string
  readonly size: number
}

/** An OCI layout in a folder, whose blobs may be larger than memory. */
export class LayoutFolder {
  readonly folder: string
  readonly #blobs: string

  constructor(folder: string) {
    this.folder = folder
    this.#blobs = join(folder, 'blobs/sha256')
    mkdirSync(this.#blobs, { recursive: true })
    writeFileSync(join(folder, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }))
  }

  /** Adds bytes that are in memory. */
  add(bytes: Buffer): { readonly digest: string; readonly size: number } {
    writeFileSync(join(this.#blobs, digest(bytes).slice(7)), bytes)
    return { digest: digest(bytes), size: bytes.length }
  }

  /** Adds a layer that is compressed already. */
  packed({ blob, diffId }: Bomb): WrittenBlob {
    return { ...this.add(blob), diffId }
  }

  /** Adds a layer as it passes: gzip, or plain. */
  async layer(chunks: Chunks, compression: 'gzip' | 'plain' = 'gzip'): Promise<WrittenBlob> {
    const diff = createHash('sha256')
    const blob = createHash('sha256')
    const path = join(this.#blobs, 'layer.partial')
    let size = 0
    const counted = new Transform({
      transform(chunk: Buffer, _, done) {
        blob.update(chunk)
        size += chunk.length
        done(null, chunk)
      },
    })
    const hashed = Readable.from(watched(chunks, chunk => diff.update(chunk)))
    const file = createWriteStream(path)
    if (compression === 'gzip') await pipeline(hashed, createGzip({ level: 1 }), counted, file)
    else await pipeline(hashed, counted, file)
    const hex = blob.digest('hex')
    renameSync(path, join(this.#blobs, hex))
    return { digest: `sha256:${hex}`, diffId: `sha256:${diff.digest('hex')}`, size }
  }

  /** Writes index.json for one image of these layers; `config` has fields that are to be other than usual. */
  image(layers: readonly WrittenBlob[], config: object = {}): void {
    const document = json({
      os: 'linux',
      architecture: 'amd64',
      config: {},
      history: layers.map((_, position) => ({ created_by: `/bin/sh -c step ${position}` })),
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
      ...config,
    })
    const manifest = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...this.add(document) },
      layers: layers.map(({ digest, size }) => ({ mediaType: layerType, digest, size })),
    }
    this.index([{ mediaType: manifest.mediaType, ...this.add(json(manifest)) }])
  }

  /** Writes index.json. */
  index(manifests: readonly object[]): void {
    writeFileSync(join(this.folder, 'index.json'), json({ schemaVersion: 2, manifests }))
  }
}

const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip'

function* watched(chunks: Chunks, watch: (chunk: Buffer) => void): Generator<Buffer> {
  for (const chunk of chunks) {
    watch(chunk)
    yield chunk
  }
}
