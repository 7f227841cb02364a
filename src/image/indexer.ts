import { createHash, hash } from 'node:crypto'
import type { Bytes, SeekableBytes } from '../bytes/bytes.ts'
import { encodeName } from '../bytes/name.ts'
import type { Reader } from '../bytes/reader.ts'
import { ImgauditError } from '../error.ts'
import { probeFor } from '../probe/index.ts'
import type { PackageRecord } from '../probe/package-record.ts'
import type { Member, SparseRun } from '../tar/member.ts'
import { TarReader } from '../tar/read.ts'
import { readSeekable } from '../tar/seek.ts'
import { Digests } from './digests.ts'
import { Entries } from './entries.ts'
import type { Entry } from './entry.ts'
import type { LayerIndex, Route } from './layer-index.ts'
import { marker } from './marker.ts'
import type { Notice } from './notice.ts'
import { cleanPath } from './path.ts'

/** What both ways of reading a layer gather: entries, package records and, where contents pass anyway, their digests. */
class Gathering {
  readonly entries = new Entries()
  readonly records = new Map<number, PackageRecord>()
  readonly digests = new Digests()
  readonly notices: Notice[] = []
  readonly starts: number[] = []
  readonly stored: number[] = []
  readonly sparse = new Map<number, readonly SparseRun[]>()
  readonly tar: TarReader
  files = 0
  readonly #digestAll: boolean

  constructor(digestAll: boolean) {
    this.#digestAll = digestAll
    this.tar = new TarReader({ onMember: member => this.#member(member) })
  }

  #member(member: Member): Reader<void> | undefined {
    const entry = entryOf(member)
    const ordinal = this.entries.add(entry)
    this.files += entry.content
    this.starts.push(member.start)
    this.stored.push(member.stored)
    if (member.sparse !== undefined) this.sparse.set(ordinal, member.sparse)
    if (entry.kind !== 'file' || member.stored === 0) return undefined
    const record = member.sparse === undefined ? this.#recordReader(ordinal, entry) : undefined
    if (!this.#digestAll) return record
    return new DigestReader(member, record, digest => this.digests.set(ordinal, digest))
  }

  #recordReader(ordinal: number, entry: Entry): Reader<void> | undefined {
    const reader = probeFor(entry.path, entry.content)?.begin(entry.path, entry.content)
    if (reader === undefined) return undefined
    return {
      push: (chunk, at) => reader.push(chunk, at),
      end: () => {
        const record = reader.end()
        if (record !== undefined) this.records.set(ordinal, record)
        else
          this.notices.push({
            code: 'record-unreadable',
            message: `${entry.path} ${reader.problem ?? 'is not what its name says'}`,
          })
      },
    }
  }
}

/** Indexes a layer from its uncompressed bytes as they pass; nothing but the index is kept. */
export class LayerIndexer {
  readonly #gathering = new Gathering(true)
  readonly #hash = createHash('sha256')
  readonly #route: Route
  #size = 0
  #wanted = 0

  constructor(options: { route: Route }) {
    this.#route = options.route
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
    const { tar, entries, records, digests, notices, files } = this.#gathering
    tar.end(this.#size)
    return {
      diffId: `sha256:${this.#hash.digest('hex')}`,
      files,
      unpacked: this.#size,
      entries,
      facts: { records, digests },
      route: this.#route,
      verified: true,
      notices,
    }
  }
}

/** Indexes a layer from its uncompressed bytes, which pass once. */
export async function indexStream(chunks: AsyncIterable<Buffer>, route: Route): Promise<LayerIndex> {
  const indexer = new LayerIndexer({ route })
  for await (const chunk of chunks) indexer.push(chunk)
  return indexer.end()
}

/** Indexes a layer from an uncompressed tar on disk, from header to header; `diffId` is believed, not verified. */
export function seekLayer(bytes: SeekableBytes, diffId: string): LayerIndex {
  const gathering = new Gathering(false)
  readSeekable(bytes, gathering.tar)
  const { entries, records, digests, notices, files, starts, stored, sparse } = gathering
  return {
    diffId,
    files,
    unpacked: bytes.size,
    entries,
    facts: { records, digests },
    route: 'seek',
    verified: false,
    notices,
    contentAt(ordinal) {
      const runs = sparse.get(ordinal)
      return {
        start: starts[ordinal] ?? 0,
        stored: stored[ordinal] ?? 0,
        ...(runs === undefined ? {} : { sparse: runs }),
      }
    },
  }
}

/** A member as an entry: clean path, markers told by base name alone, honest content. */
function entryOf(member: Member): Entry {
  const path = cleanPath(member.name)
  const { span, mode, uid, gid, mtime } = member
  const base = { span, mode, uid, gid, mtime }
  const mark = marker(path)
  if (mark !== undefined) return { ...base, ...mark, content: 0 }
  if (member.type === 'symlink') {
    const target = member.target ?? ''
    return { ...base, path, kind: 'symlink', content: nameLength(target), target }
  }
  if (member.type === 'hardlink')
    return { ...base, path, kind: 'hardlink', content: 0, target: cleanPath(member.target ?? '') }
  return { ...base, path, kind: member.type, content: member.type === 'file' ? member.content : 0 }
}

/** SHA-256 of one file's stored content as it passes, with a probe beside it that sees what it asks for. */
class DigestReader implements Reader<void> {
  readonly #size: number
  readonly #sparse: readonly SparseRun[] | undefined
  readonly #beside: Reader<void> | undefined
  readonly #done: (digest: Buffer) => void
  #hash: ReturnType<typeof createHash> | undefined
  #wanted = 0

  constructor(member: Member, beside: Reader<void> | undefined, done: (digest: Buffer) => void) {
    this.#size = member.stored
    this.#sparse = member.sparse
    this.#beside = beside
    this.#done = done
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
      this.#hash ??= contentHash(this.#sparse)
      this.#hash.update(chunk)
    }
    return at + chunk.length
  }

  end(): void {
    if (this.#hash !== undefined) this.#done(this.#hash.digest())
    this.#beside?.end()
  }
}

/** The hash of a content, begun: for a sparse file the map of its runs goes first, and its holes are left out, so that
 *  60 GB of zeros cost nothing. */
function contentHash(sparse: readonly SparseRun[] | undefined): ReturnType<typeof createHash> {
  const begun = createHash('sha256')
  if (sparse !== undefined) begun.update(JSON.stringify(sparse))
  return begun
}

/** SHA-256 of an entry's stored content, 32 bytes, as a layer that passes would give it. */
export async function digestContent(stored: Bytes, sparse?: readonly SparseRun[]): Promise<Buffer> {
  const begun = contentHash(sparse)
  let passed = 0
  for await (const chunk of stored.stream()) {
    begun.update(chunk)
    passed += chunk.length
  }
  if (passed !== stored.size) {
    throw new ImgauditError(
      'ARCHIVE_TRUNCATED',
      `a file of ${stored.size} bytes ended after ${passed}`,
      'save the image again, and leave the archive alone while it is read',
    )
  }
  return begun.digest()
}

function nameLength(name: string): number {
  return encodeName(name).length
}
