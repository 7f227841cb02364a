import { createHash } from 'node:crypto'
import type { SeekableBytes } from '../bytes/bytes.ts'
import { readSeekable } from '../tar/seek.ts'
import { DigestReader } from './content-digest.ts'
import { Gathering } from './gathering.ts'
import type { LayerIndex, Route } from './layer-index.ts'

/** Indexes a layer from its uncompressed bytes as they pass; nothing but the index is kept. */
export class LayerIndexer {
  readonly #gathering: Gathering
  readonly #hash = createHash('sha256')
  readonly #route: Route
  #size = 0
  #wanted = 0

  constructor(options: { route: Route }) {
    this.#route = options.route
    this.#gathering = new Gathering(({ ordinal, member, record }) => {
      return new DigestReader(member, digest => this.#gathering.digests.set(ordinal, digest), record)
    })
  }

  push(chunk: Buffer): void {
    this.#hash.update(chunk)
    const skipped = Math.max(0, this.#wanted - this.#size)
    if (skipped < chunk.length) {
      this.#wanted = this.#gathering.tar.push(skipped === 0 ? chunk : chunk.subarray(skipped), this.#size + skipped)
    }
    this.#size += chunk.length
  }

  /** Throws ARCHIVE_TRUNCATED when the last entry is not whole. */
  end(): LayerIndex {
    this.#gathering.tar.end(this.#size)
    const diffId = `sha256:${this.#hash.digest('hex')}`
    return this.#gathering.index({ diffId, unpacked: this.#size, route: this.#route, verified: true })
  }
}

/** Indexes a layer from its uncompressed bytes, which pass once. */
export async function indexStream(chunks: AsyncIterable<Buffer>, route: Route): Promise<LayerIndex> {
  const indexer = new LayerIndexer({ route })
  for await (const chunk of chunks) indexer.push(chunk)
  return indexer.end()
}

/** Indexes a layer from an uncompressed tar on disk, from header to header; `diffId` is believed, not verified. */
export function seekLayer(bytes: SeekableBytes, diffId: string, route: Route = 'seek'): LayerIndex {
  const gathering = new Gathering(({ record }) => record)
  readSeekable(bytes, gathering.tar)
  return gathering.index({ diffId, unpacked: bytes.size, route, verified: false })
}
