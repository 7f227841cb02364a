import { Sha256 } from '../../bytes/digest.ts'
import { inflate } from '../../bytes/inflate.ts'
import type { Reader } from '../../bytes/reader.ts'
import { type Contents, storedSize } from '../../image/contents.ts'
import { digestMismatch, isObject, parseJson } from '../../image/document.ts'
import type { LayerIndex } from '../../image/layer-index.ts'
import { RecordLines } from '../../tar/record-lines.ts'
import type { StoredLayer } from './stored-layers.ts'

/**
 * Puts a layer's tar together again, as its engine does to export it: the headers out of its record, each content out of
 * its folder. Throws DIGEST_MISMATCH unless the digest of that is the diff ID.
 */
export async function verifyStored(
  layer: StoredLayer,
  index: LayerIndex,
  contents: Contents,
  signal?: AbortSignal,
): Promise<LayerIndex> {
  const digest = new Sha256()
  const files = filesOf(index)
  for await (const line of linesOf(inflate(layer.record()))) {
    const entry = parseJson(line, 'a line of the layer’s record')
    if (!isObject(entry)) continue
    if (entry.type === 2) digest.update(Buffer.from(String(entry.payload), 'base64'))
    else if (Number(entry.size ?? 0) > 0) {
      const { value: ordinal } = files.next()
      if (ordinal === undefined) continue
      await contents.read([{ index, readers: new Map([[ordinal, hashing(digest)]]) }], signal)
    }
  }
  const actual = digest.digest()
  if (actual !== layer.diffId) throw digestMismatch(`layer ${layer.diffId}`, layer.diffId, actual)
  return { ...index, verified: true }
}

/** Files with a content, in tar order: the index was made of the same record. */
function* filesOf(index: LayerIndex): Generator<number, undefined> {
  for (let ordinal = 0; ordinal < index.entries.length; ordinal++) {
    if (index.entries.kind(ordinal) === 'file' && storedSize(index, ordinal) > 0) yield ordinal
  }
  return undefined
}

function hashing(digest: Sha256): Reader<void> {
  return {
    push(chunk, at) {
      digest.update(chunk)
      return at + chunk.length
    },
    end() {},
  }
}

/** Each is valid until the next one is asked for. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const splitter = new RecordLines()
  const lines: Buffer[] = []
  const keep = (bytes: Buffer, from: number, to: number) => void lines.push(bytes.subarray(from, to))
  for await (const chunk of chunks) {
    splitter.push(chunk, keep)
    yield* lines.splice(0)
  }
  splitter.end(keep)
  yield* lines
}
