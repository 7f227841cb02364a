import { hash } from 'node:crypto'
import { endianness } from 'node:os'
import { sha256 } from '../bytes/digest.ts'
import { readLimits } from '../bytes/read-limits.ts'
import { binaryProbe } from '../probe/binary/probe.ts'
import { probes } from '../probe/index.ts'
import { CacheFolder } from './cache-folder.ts'
import { beginning } from './column-file.ts'
import { isDigest } from './document.ts'
import { packLayer, unpackLayer } from './layer-file.ts'
import type { LayerIndex } from './layer-index.ts'
import { hasSecrets } from './secret-document.ts'
import { StoredShares } from './stored-shares.ts'

/** Raised whenever the same layer would give another index, or the same index another file; a probe raises its own. */
const indexVersion = 3

const currentVersion = hash(
  'sha256',
  JSON.stringify([indexVersion, endianness(), ...[...probes, binaryProbe].map(({ id, version }) => [id, version])]),
).slice(0, 12)

/** What a cache has in it. Sizes in bytes, times in milliseconds since the epoch. */
export interface CacheUse {
  readonly layers: number
  readonly bytes: number
  readonly oldest?: number
  readonly newest?: number
}

/** Indexes of layers that were read before, by diff ID, what their entries cost in blobs, and documents, both by digest, in a
 *  folder of this machine. */
export class LayerCache {
  readonly folder: string
  /** Bytes of all files together: the least recently used go first. */
  readonly limit: number
  readonly #files: CacheFolder
  readonly #version: string
  /** How many digests an index had when its file was read or written. */
  readonly #kept = new WeakMap<LayerIndex, number>()

  /** `limit` in bytes; `version` of indexes, for tests: others are not seen, and go first. */
  constructor(
    folder: string,
    { limit = 1024 ** 3, version = currentVersion }: { readonly limit?: number; readonly version?: string } = {},
  ) {
    this.folder = folder
    this.limit = limit
    this.#version = version
    this.#files = new CacheFolder(folder, limit, {
      isOwn: name => /^[0-9a-f]{64}\.(?:document|[0-9a-f]+\.(?:layer|shares))$/.test(name),
      isCurrent: name => name.endsWith('.document') || name.includes(`.${version}.`),
    })
  }

  /** The index of a layer, with the route `cache`; undefined where there is none that is whole. Never throws. */
  get(diffId: string): LayerIndex | undefined {
    if (!isDigest(diffId)) return undefined
    const name = this.#layerName(diffId)
    const bytes = this.#files.read(name)
    if (bytes === undefined) return undefined
    try {
      const index = unpackLayer(bytes, diffId)
      this.#kept.set(index, index.facts.digests.count)
      return index
    } catch {
      this.#files.remove(name)
      return undefined
    }
  }

  /** Keeps a layer that was verified, or that a local engine's store vouches for, unless it is there as it is. Never
   *  throws: answers with why it could not be kept. */
  put(index: LayerIndex): string | undefined {
    const { count } = index.facts.digests
    if (index.route === 'seek' || !isDigest(index.diffId) || this.#kept.get(index) === count) return undefined
    try {
      const name = this.#layerName(index.diffId)
      const parts = packLayer(index)
      const there = this.#files.read(name, beginning)
      // What is read anew again and again, as from a pipe, is written once.
      const same = there !== undefined && parts[0]?.subarray(0, beginning).equals(there)
      const failed = same ? undefined : this.#files.write(name, parts)
      if (failed === undefined) this.#kept.set(index, count)
      return failed
    } catch (error) {
      // A string of V8 has 512 MiB at most.
      return error instanceof Error ? error.message : String(error)
    }
  }

  /** What the entries of a layer cost in the blob with this digest; undefined where that is not known. Never throws. */
  shares(blob: string): StoredShares | undefined {
    if (!isDigest(blob)) return undefined
    const name = this.#sharesName(blob)
    const bytes = this.#files.read(name)
    if (bytes === undefined) return undefined
    try {
      return StoredShares.unpack(bytes, blob)
    } catch {
      this.#files.remove(name)
      return undefined
    }
  }

  /** Keeps what the entries of a layer cost in a blob, all of which was read, unless it is there. Never throws: answers
   *  with why it could not be kept. */
  putShares(shares: StoredShares): string | undefined {
    const { digest } = shares.blob
    if (!isDigest(digest) || this.#files.has(this.#sharesName(digest))) return undefined
    return this.#files.write(this.#sharesName(digest), shares.pack())
  }

  /** A manifest, index or configuration by its digest, checked against it. Never throws. */
  document(digest: string): Buffer | undefined {
    if (!isDigest(digest)) return undefined
    const bytes = this.#files.read(documentName(digest))
    if (bytes === undefined || sha256(bytes) === digest) return bytes
    this.#files.remove(documentName(digest))
    return undefined
  }

  /** Keeps a document by its digest, unless it has secrets in it, as a configuration does whose history has a build argument: it
   *  must be whole, and a copy on another disk is one more place to leak from. Never throws. */
  putDocument(digest: string, bytes: Buffer): void {
    if (!isDigest(digest) || bytes.length > readLimits.document || this.#files.has(documentName(digest))) return
    if (sha256(bytes) === digest && !hasSecrets(bytes)) this.#files.write(documentName(digest), [bytes])
  }

  /** Throws what the file system throws. */
  use(): CacheUse {
    const files = this.#files.files()
    const layers = files.filter(({ name }) => name.endsWith('.layer'))
    const times = files.map(({ used }) => used).sort((a, b) => a - b)
    const [oldest] = times
    const newest = times.at(-1)
    return {
      layers: layers.length,
      bytes: files.reduce((sum, { size }) => sum + size, 0),
      ...(oldest !== undefined && newest !== undefined ? { oldest, newest } : {}),
    }
  }

  /** Removes every file of the cache. Throws what the file system throws. */
  clear(): { readonly files: number; readonly bytes: number } {
    const files = this.#files.clear()
    return { files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) }
  }

  #layerName(diffId: string): string {
    return `${hexOf(diffId)}.${this.#version}.layer`
  }

  #sharesName(blob: string): string {
    return `${hexOf(blob)}.${this.#version}.shares`
  }
}

function documentName(digest: string): string {
  return `${hexOf(digest)}.document`
}

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length)
}
