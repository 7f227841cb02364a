import { createHash, type Hash, hash } from 'node:crypto'
import type { Reader } from '../bytes/reader.ts'
import type { Member, SparseRun } from '../tar/member.ts'
import { storedSize } from './contents.ts'
import type { LayerIndex } from './layer-index.ts'

/**
 * SHA-256 of one file's stored content as it passes, with a probe beside it that sees what it asks for. For a sparse file
 * the map of its runs goes first, and its holes are left out, so that 60 GB of zeros cost nothing.
 */
export class DigestReader implements Reader<void> {
  readonly #size: number
  readonly #sparse: readonly SparseRun[] | undefined
  readonly #beside: Reader<unknown> | undefined
  readonly #done: (digest: Buffer) => void
  #hash: Hash | undefined
  #wanted = 0

  /** `size`: bytes of stored content. `done` gets 32 bytes. */
  constructor(
    { stored, sparse }: Pick<Member, 'stored' | 'sparse'>,
    done: (digest: Buffer) => void,
    beside?: Reader<unknown>,
  ) {
    this.#size = stored
    this.#sparse = sparse
    this.#done = done
    this.#beside = beside
  }

  push(chunk: Buffer, at: number): number {
    if (this.#beside !== undefined && at + chunk.length > this.#wanted) {
      const skipped = Math.max(0, this.#wanted - at)
      this.#wanted = this.#beside.push(chunk.subarray(skipped), at + skipped)
    }
    // Most files lie whole in one chunk: the one-shot hash spares them an object each.
    if (at === 0 && chunk.length === this.#size && this.#sparse === undefined)
      this.#done(hash('sha256', chunk, 'buffer'))
    else {
      this.#hash ??= this.#begin()
      this.#hash.update(chunk)
    }
    return at + chunk.length
  }

  end(): void {
    // A file all hole has a map, if one of no runs; an empty file has nothing to tell it by.
    if (this.#sparse !== undefined) this.#hash ??= this.#begin()
    if (this.#hash !== undefined) this.#done(this.#hash.digest())
    this.#beside?.end()
  }

  #begin(): Hash {
    const begun = createHash('sha256')
    if (this.#sparse !== undefined) begun.update(JSON.stringify(this.#sparse))
    return begun
  }
}

/** A reader that adds the digest of a file's content to the layer's facts, as a layer that passes would; `beside` sees what
 *  it asks for. */
export function digestReader(index: LayerIndex, ordinal: number, beside?: Reader<unknown>): Reader<void> {
  const content = { stored: storedSize(index, ordinal), sparse: index.sparse.get(ordinal) }
  return new DigestReader(content, digest => index.facts.digests.set(ordinal, digest), beside)
}
