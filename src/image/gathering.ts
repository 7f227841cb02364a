import { encodeName } from '../bytes/name.ts'
import type { Reader } from '../bytes/reader.ts'
import type { Binary } from '../probe/binary/binary.ts'
import { binaryProbe } from '../probe/binary/probe.ts'
import { probeFor } from '../probe/index.ts'
import type { PackageRecord } from '../probe/package-record.ts'
import type { Member, SparseRun } from '../tar/member.ts'
import { TarReader } from '../tar/read.ts'
import { DigestReader } from './content-digest.ts'
import { Digests } from './digests.ts'
import { Entries } from './entries.ts'
import type { Entry } from './entry.ts'
import type { LayerIndex } from './layer-index.ts'
import { marker } from './marker.ts'
import type { Notice } from './notice.ts'
import { cleanPath } from './path.ts'

/** A regular file with stored content, and the reader of the probe that wants to see it, if one does. */
export interface FoundFile {
  readonly ordinal: number
  readonly member: Member
  readonly probe: Reader<void> | undefined
}

/** What every way of reading a layer gathers out of its tar. `onFile` says what is to see a file's content now. */
export class Gathering {
  readonly entries = new Entries()
  readonly records = new Map<number, PackageRecord>()
  readonly binaries = new Map<number, Binary>()
  readonly digests = new Digests()
  readonly sparse = new Map<number, readonly SparseRun[]>()
  readonly notices: Notice[] = []
  readonly tar: TarReader
  files = 0
  readonly #pending: (() => Promise<void>)[] = []
  readonly #onFile: (file: FoundFile) => Reader<void> | undefined

  constructor(onFile: (file: FoundFile) => Reader<void> | undefined) {
    this.#onFile = onFile
    this.tar = new TarReader({ onMember: member => this.#member(member) })
  }

  /** The index, once the tar has been read to its end. */
  index(rest: Pick<LayerIndex, 'diffId' | 'unpacked' | 'route' | 'verified'>): LayerIndex {
    const { files, entries, sparse, records, binaries, digests, notices } = this
    return { ...rest, files, entries, sparse, facts: { records, binaries, digests }, notices }
  }

  /** Resolves when every reader that has ended has its record, or notice; never rejects. */
  async settled(): Promise<void> {
    // One after the other, whichever is read first: notices have an order.
    for (const settle of this.#pending.splice(0)) await settle()
  }

  #member(member: Member): Reader<void> | undefined {
    const entry = entryOf(member)
    const ordinal = this.entries.add(entry)
    this.files += entry.content
    if (member.sparse !== undefined) this.sparse.set(ordinal, member.sparse)
    if (entry.kind !== 'file') return undefined
    if (member.stored === 0) {
      if (entry.content > 0) this.#hole(ordinal, member)
      return undefined
    }
    const probe = member.sparse === undefined ? this.#probe(ordinal, entry) : undefined
    return this.#onFile({ ordinal, member, probe })
  }

  /** What a file all hole equals needs no look at bytes, and a layer that passed could not be asked for it again. */
  #hole(ordinal: number, member: Member): void {
    new DigestReader(member, digest => this.digests.set(ordinal, digest)).end()
  }

  /** No file is looked at by two. */
  #probe(ordinal: number, entry: Entry): Reader<void> | undefined {
    return this.#recordReader(ordinal, entry) ?? this.#binaryReader(ordinal, entry)
  }

  #binaryReader(ordinal: number, { path, content, mode }: Entry): Reader<void> | undefined {
    if (!binaryProbe.wants(path, content, mode)) return undefined
    const reader = binaryProbe.begin(path, content)
    return {
      push: (chunk, at) => reader.push(chunk, at),
      ...(reader.examine === undefined ? {} : { examine: bytes => reader.examine?.(bytes) }),
      end: () => {
        const binary = reader.end()
        if (binary !== undefined) this.binaries.set(ordinal, binary)
      },
    }
  }

  #recordReader(ordinal: number, entry: Entry): Reader<void> | undefined {
    const reader = probeFor(entry.path, entry.content)?.begin(entry.path, entry.content)
    if (reader === undefined) return undefined
    return {
      push: (chunk, at) => reader.push(chunk, at),
      end: () => {
        const settle = (record: PackageRecord | undefined) => {
          if (record !== undefined) this.records.set(ordinal, record)
          else
            this.notices.push({
              code: 'record-unreadable',
              message: `${entry.path} ${reader.problem ?? 'is not what its name says'}`,
            })
        }
        const found = reader.end()
        if (found instanceof Promise) this.#pending.push(async () => settle(await found))
        else settle(found)
      },
    }
  }
}

/** A member as an entry: clean path, markers told by base name alone, honest content. */
function entryOf(member: Member): Entry {
  const path = cleanPath(member.name)
  const { type, span, mode, uid, gid, mtime } = member
  const mark = marker(path)
  if (mark !== undefined) return { path: mark.path, kind: mark.kind, content: 0, span, mode, uid, gid, mtime }
  if (type === 'symlink') {
    const target = member.target ?? ''
    return { path, kind: type, content: encodeName(target).length, span, mode, uid, gid, mtime, target }
  }
  if (type === 'hardlink') {
    const target = cleanPath(member.target ?? '')
    return { path, kind: type, content: 0, span, mode, uid, gid, mtime, target }
  }
  return { path, kind: type, content: type === 'file' ? member.content : 0, span, mode, uid, gid, mtime }
}
