import { createHash } from 'node:crypto'
import type { SeekableBytes } from '../bytes/bytes.ts'
import { slice } from '../bytes/slice.ts'
import { readSeekable } from '../tar/seek.ts'
import { DigestReader } from './content-digest.ts'
import { Gathering } from './gathering.ts'
import type { LayerIndex, Route } from './layer-index.ts'
import { Meter } from './meter.ts'

/** Indexes a layer from its uncompressed bytes as they pass; nothing but the index is kept. */
export class LayerIndexer {
  readonly #gathering: Gathering
  readonly #hash = createHash('sha256')
  readonly #route: Route
  #size = 0
  #wanted = 0

  /** `meter`: counts what is read of the image. */
  constructor({ route, meter = new Meter() }: { readonly route: Route; readonly meter?: Meter }) {
    this.#route = route
    this.#gathering = new Gathering(({ ordinal, member, probe }) => {
      return new DigestReader(member, digest => this.#gathering.digests.set(ordinal, digest), probe)
    }, meter)
  }

  push(chunk: Buffer): void {
    this.#hash.update(chunk)
    const skipped = Math.max(0, this.#wanted - this.#size)
    if (skipped < chunk.length) {
      this.#wanted = this.#gathering.tar.push(skipped === 0 ? chunk : chunk.subarray(skipped), this.#size + skipped)
    }
    this.#size += chunk.length
  }

  /** What came is no layer of the image. */
  abandon(): void {
    this.#gathering.abandon()
  }

  /** Throws ARCHIVE_TRUNCATED when the last entry is not whole. */
  async end(): Promise<LayerIndex> {
    this.#gathering.tar.end(this.#size)
    await this.#gathering.settled()
    const diffId = `sha256:${this.#hash.digest('hex')}`
    return this.#gathering.index({ diffId, unpacked: this.#size, route: this.#route, verified: true })
  }
}

/** Indexes a layer from its uncompressed bytes, which pass once. */
export async function indexStream(chunks: AsyncIterable<Buffer>, route: Route, meter?: Meter): Promise<LayerIndex> {
  const indexer = new LayerIndexer({ route, ...(meter && { meter }) })
  for await (const chunk of chunks) indexer.push(chunk)
  return indexer.end()
}

/** Indexes a layer from an uncompressed tar on disk, from header to header; `diffId` is believed, not verified. */
export async function seekLayer(
  bytes: SeekableBytes,
  diffId: string,
  route: Route = 'seek',
  meter = new Meter(),
): Promise<LayerIndex> {
  const gathering = new Gathering(({ member, probe }) => {
    // What is cut short passes as far as it goes: the tar's reader says so.
    if (probe?.examine === undefined || member.start + member.stored > bytes.size) return probe
    probe.examine(slice(bytes, member.start, member.start + member.stored))
    probe.end()
    return undefined
  }, meter)
  readSeekable(bytes, gathering.tar)
  await gathering.settled()
  return gathering.index({ diffId, unpacked: bytes.size, route, verified: false })
}
