import { type Bytes, isSeekable, type SeekableBytes } from '../../bytes/bytes.ts'
import { headSize, sniff } from '../../bytes/sniff.ts'
import type { Contents, Wanted } from '../../image/contents.ts'
import type { LayerIndex } from '../../image/layer-index.ts'
import { BlobContents } from '../layer/blob-contents.ts'
import { type LayerRead, layerKey } from '../layer/read.ts'
import { SeekContents } from '../layer/seek-contents.ts'
import type { ImagePlan, LayerPlan } from '../plan/plan.ts'
import type { ContentStore } from './blobs.ts'

/** Contents of layers whose blobs a content store has: those that are compressed, or can only pass, pass once more. */
export class StoreContents implements Contents {
  readonly #store: ContentStore
  readonly #layers = new Map<LayerIndex, LayerPlan>()

  constructor(store: ContentStore, plan: ImagePlan, reads: ReadonlyMap<string, LayerRead>) {
    this.#store = store
    for (const layer of plan.layers) {
      const read = reads.get(layerKey(layer))
      if (read !== undefined) this.#layers.set(read.index, layer)
    }
  }

  async read(wanted: readonly Wanted[], signal?: AbortSignal): Promise<void> {
    await this.#store.lend(async blobs => {
      for (const one of wanted) {
        const layer = this.#layers.get(one.index)
        if (layer === undefined) throw new Error(`layer ${one.index.diffId} is not of this image`)
        const bytes = blobs.blob(layer.digest ?? layer.name, layer.size)
        await contentsOf(bytes).read([one], signal)
      }
    })
  }
}

function contentsOf(bytes: Bytes): Contents {
  return isSeekable(bytes) && isPlain(bytes) ? new SeekContents(bytes) : new BlobContents(bytes)
}

function isPlain(bytes: SeekableBytes): boolean {
  const head = Buffer.alloc(Math.min(headSize, bytes.size))
  bytes.read(0, head)
  return sniff(head) === 'tar'
}
