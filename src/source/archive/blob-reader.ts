import { Sha256 } from '../../bytes/digest.ts'
import { inflater } from '../../bytes/inflate.ts'
import type { Inflater } from '../../bytes/inflater.ts'
import { IntakePoints } from '../../bytes/intake-points.ts'
import type { Reader } from '../../bytes/reader.ts'
import { type Format, headSize, sniff } from '../../bytes/sniff.ts'
import { LayerIndexer } from '../../image/indexer.ts'
import type { LayerIndex } from '../../image/layer-index.ts'
import type { Meter } from '../../image/meter.ts'
import { StoredShares } from '../../image/stored-shares.ts'

/** A file of an archive that has passed. It may be a layer or not: the manifest, which comes last, says. */
export interface PassedBlob {
  readonly size: number
  readonly format: Format
  /** Of the bytes as they are in the archive, where they are compressed and so were all looked at. */
  readonly digest?: string
  /** The bytes of a small JSON document. */
  readonly document?: Buffer
  /** The layer that it is, where it is one. */
  readonly index?: LayerIndex
  /** What each entry of it costs in the blob, where that is compressed. */
  readonly shares?: StoredShares
  /** Why it could not be read as a layer; counts only when the manifest says that it is one. */
  readonly failure?: unknown
}

/**
 * Reads one file of an archive as it passes: keeps a small JSON document, indexes a tar, whether plain, gzip or zstd,
 * and drops all else. `push` answers at once; inflating goes on until `settled`, which is to be awaited before the chunk
 * goes away.
 */
export class BlobReader implements Reader<void> {
  readonly #size: number
  readonly #done: (blob: PassedBlob) => void
  readonly #meter: Meter
  readonly #digest = new Sha256()
  #head: Buffer = Buffer.alloc(0)
  #format: Format | undefined
  #document: Buffer[] | undefined
  #indexer: LayerIndexer | undefined
  #inflater: Inflater | undefined
  #points: IntakePoints | undefined
  #failure: unknown
  #failed = false
  #work: Promise<void> | undefined
  #finished = false

  /** `meter`: counts what is read of the archive. */
  constructor(size: number, done: (blob: PassedBlob) => void, meter: Meter) {
    this.#size = size
    this.#done = done
    this.#meter = meter
  }

  push(chunk: Buffer, at: number): number {
    const end = at + chunk.length
    if (this.#format === undefined) {
      this.#head = this.#head.length === 0 && end === this.#size ? chunk : Buffer.concat([this.#head, chunk])
      if (this.#head.length < headSize && end < this.#size) return end
      this.#begin(this.#head)
    } else this.#take(chunk)
    const wanted = !this.#failed && (this.#document ?? this.#indexer) !== undefined
    return wanted ? end : Number.POSITIVE_INFINITY
  }

  end(): void {
    if (this.#format === undefined) this.#begin(this.#head)
    this.#work = this.#finish(this.#work)
  }

  /** Whether it has ended and `settled` has nothing more to wait for. */
  get finished(): boolean {
    return this.#finished
  }

  /** Resolves when all that was pushed has been worked off; never rejects. */
  async settled(): Promise<void> {
    const work = this.#work
    this.#work = undefined
    await work
  }

  /** Lets go of what inflates, wherever it is. */
  close(): void {
    this.#inflater?.close()
  }

  #begin(head: Buffer): void {
    this.#format = sniff(head)
    this.#head = Buffer.alloc(0)
    if (this.#format === 'json' && this.#size <= this.#meter.limits.document) this.#document = []
    else if (this.#format === 'tar' || this.#format === 'empty') this.#indexer = this.#layer()
    else if (this.#format === 'gzip' || this.#format === 'zstd') {
      const indexer = this.#layer()
      this.#indexer = indexer
      const points = new IntakePoints()
      const intake = this.#meter.inflating(this.#size, points)
      this.#points = points
      this.#inflater = inflater(this.#format, (chunk, consumed) => {
        intake.add(chunk.length, consumed)
        indexer.push(chunk)
      })
    }
    this.#take(head)
  }

  #layer(): LayerIndexer {
    return new LayerIndexer({ route: 'stream', meter: this.#meter })
  }

  #take(chunk: Buffer): void {
    if (this.#failed || chunk.length === 0) return
    if (this.#document !== undefined) {
      this.#document.push(Buffer.from(chunk))
      return
    }
    try {
      if (this.#inflater === undefined) this.#indexer?.push(chunk)
      else {
        this.#digest.update(chunk)
        this.#inflate(this.#inflater, chunk)
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  #inflate(inflater: Inflater, chunk: Buffer): void {
    const before = this.#work
    const push = async () => {
      await before
      if (!this.#failed) await inflater.push(chunk)
    }
    const now = before === undefined ? inflater.push(chunk) : push()
    this.#work = now?.catch((error: unknown) => this.#fail(error))
  }

  async #finish(before: Promise<void> | undefined): Promise<void> {
    await before
    let index: LayerIndex | undefined
    try {
      if (!this.#failed) {
        await this.#inflater?.end()
        index = await this.#indexer?.end()
      }
    } catch (error) {
      this.#fail(error)
    }
    this.#finished = true
    this.#done({
      size: this.#size,
      format: this.#format ?? 'unknown',
      ...(this.#inflater === undefined || this.#failed ? {} : this.#blob(index)),
      ...(this.#document === undefined ? {} : { document: Buffer.concat(this.#document) }),
      ...(index === undefined ? {} : { index }),
      ...(this.#failed ? { failure: this.#failure } : {}),
    })
  }

  /** What is said of compressed bytes alone. */
  #blob(index: LayerIndex | undefined): Pick<PassedBlob, 'digest' | 'shares'> {
    const digest = this.#digest.digest()
    if (index === undefined || this.#points === undefined) return { digest }
    return { digest, shares: StoredShares.measured(index.entries, this.#points, { digest, size: this.#size }) }
  }

  #fail(error: unknown): void {
    this.#failed = true
    this.#failure = error
    // Its memory goes: whether it is a layer of the image, and so a failure at all, is not known yet.
    this.#indexer?.abandon()
    this.#indexer = undefined
    this.#points = undefined
    this.#inflater?.close()
  }
}
