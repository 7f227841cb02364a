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
import { exactSum } from './exact-sum.ts'
import type { LayerIndex } from './layer-index.ts'
import { LayerLinks } from './layer-links.ts'
import { LayerMeter } from './layer-meter.ts'
import { entryOf } from './member-entry.ts'
import type { Meter } from './meter.ts'
import { NoticeList } from './notice-list.ts'

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
  readonly #notices = new NoticeList()
  readonly tar: TarReader
  files = 0
  readonly #pending: (() => Promise<void>)[] = []
  readonly #onFile: (file: FoundFile) => Reader<void> | undefined
  readonly #meter: LayerMeter
  readonly #links = new LayerLinks(this.entries)

  constructor(onFile: (file: FoundFile) => Reader<void> | undefined, meter: Meter) {
    this.#onFile = onFile
    this.#meter = new LayerMeter(meter, this.entries)
    this.tar = new TarReader({ onMember: member => this.#member(member) }, meter.limits.header)
  }

  /** The index, once the tar has been read to its end. */
  index(rest: Pick<LayerIndex, 'diffId' | 'unpacked' | 'route' | 'verified'>): LayerIndex {
    const { files, entries, sparse, records, binaries, digests } = this
    const notices = this.#notices.all()
    return { ...rest, files, entries, sparse, facts: { records, binaries, digests }, notices }
  }

  /** The layer is none of the image's. */
  abandon(): void {
    this.#meter.giveBack()
  }

  /** Resolves when every reader that has ended has its record, or notice. Throws LIMIT. */
  async settled(): Promise<void> {
    // One after the other, whichever is read first: notices have an order.
    for (const settle of this.#pending.splice(0)) await settle()
  }

  #member(member: Member): Reader<void> | undefined {
    const entry = entryOf(member, this.#links)
    const ordinal = this.#meter.add(entry, member.sparse)
    this.#links.add(entry, ordinal)
    this.files = exactSum(this.files, entry.content)
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
        if (binary === undefined) return
        this.#meter.addFact(binary)
        this.binaries.set(ordinal, binary)
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
          if (record === undefined) {
            const message = `${entry.path} ${reader.problem ?? 'is not what its name says'}`
            this.#notices.add('record-unreadable', message)
            return
          }
          this.#meter.addFact(record)
          this.records.set(ordinal, record)
        }
        const found = reader.end()
        if (found instanceof Promise) this.#pending.push(async () => settle(await found))
        else settle(found)
      },
    }
  }
}
