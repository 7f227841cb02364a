import { type Columns, grown, named, ofPart } from './columns.ts'
import type { Entry, EntryKind } from './entry.ts'
import { ExactNumbers } from './exact-numbers.ts'
import { NameTree } from './name-tree.ts'
import { Names } from './names.ts'
import { PathBytes } from './path-bytes.ts'
import { Targets } from './targets.ts'

/** By the number that the column of kinds has. */
export const kinds: readonly EntryKind[] = [
  'file',
  'directory',
  'symlink',
  'hardlink',
  'device',
  'fifo',
  'whiteout',
  'opaque',
]
/** The kinds from this number on are markers. */
export const firstMarker = kinds.indexOf('whiteout')
const kindNumber = new Map(kinds.map((kind, number) => [kind, number]))

/** What there is room for at first: an archive can have a hundred thousand blobs that are empty layers. */
const few = 16

/** Entries of one layer in tar order, in columns: an image can have a million of them. 27 bytes each, and the name. */
export class Entries {
  readonly #path = new PathBytes()
  /** By ordinal: the folder that it lies in, and its name there; the root lies in itself without a name. */
  #folder: Uint32Array = new Uint32Array(few)
  #names = new Names()
  #folders = new NameTree()
  #kind: Uint8Array = new Uint8Array(few)
  #mode: Uint16Array = new Uint16Array(few)
  #content = new ExactNumbers()
  #span = new ExactNumbers()
  #mtime = new ExactNumbers()
  #targets = new Targets()
  /** By ordinal: the number of a user and group; a layer has few of them. */
  #owner: Uint32Array = new Uint32Array(few)
  #uid = new ExactNumbers()
  #gid = new ExactNumbers()
  readonly #ownerNumber = new Map<string, number>()
  #lastOwner = 0

  /**
   * Takes columns as `columns` gave them, maybe out of a file: nothing is copied. Throws a RangeError when they do not fit
   * together. Nothing can be added to such entries.
   */
  static fromColumns(columns: Columns): Entries {
    const { folder, kind, mode, owner } = columns
    if (!(folder instanceof Uint32Array) || !(kind instanceof Uint8Array) || !(mode instanceof Uint16Array))
      throw new RangeError('no columns of entries')
    if (!(owner instanceof Uint32Array)) throw new RangeError('no columns of entries')
    const entries = new Entries()
    entries.#folder = folder
    entries.#kind = kind
    entries.#mode = mode
    entries.#owner = owner
    entries.#names = Names.fromColumns(ofPart('name', columns))
    entries.#folders = NameTree.fromColumns(ofPart('folders', columns))
    entries.#content = ExactNumbers.fromColumns(ofPart('content', columns))
    entries.#span = ExactNumbers.fromColumns(ofPart('span', columns))
    entries.#mtime = ExactNumbers.fromColumns(ofPart('mtime', columns))
    entries.#targets = Targets.fromColumns(ofPart('targets', columns))
    entries.#uid = ExactNumbers.fromColumns(ofPart('uid', columns))
    entries.#gid = ExactNumbers.fromColumns(ofPart('gid', columns))
    entries.#check()
    return entries
  }

  /** Views of all columns, to be kept in a file. */
  columns(): Columns {
    const count = this.length
    return {
      folder: this.#folder.subarray(0, count),
      kind: this.#kind.subarray(0, count),
      mode: this.#mode.subarray(0, count),
      owner: this.#owner.subarray(0, count),
      ...named('name', this.#names.columns()),
      ...named('folders', this.#folders.columns()),
      ...named('content', this.#content.columns()),
      ...named('span', this.#span.columns()),
      ...named('mtime', this.#mtime.columns()),
      ...named('targets', this.#targets.columns()),
      ...named('uid', this.#uid.columns()),
      ...named('gid', this.#gid.columns()),
    }
  }

  get length(): number {
    return this.#names.length
  }

  /** The folders that entries lie in, and those above them. */
  get folders(): NameTree {
    return this.#folders
  }

  /** By ordinal: names in their folder; empty for the root, which lies in itself. */
  get names(): Names {
    return this.#names
  }

  /** The number of the folder that an entry lies in. */
  folder(ordinal: number): number {
    return this.#folder[ordinal] ?? 0
  }

  /** Adds an entry behind the others and answers with its ordinal. */
  add(entry: Entry): number {
    const ordinal = this.length
    if (ordinal === this.#folder.length) this.#grow()
    const path = this.#path
    path.set(entry.path)
    const name = path.nameStart
    this.#folder[ordinal] = this.#folders.folder(path.bytes, name - 1, true)
    this.#names.add(path.bytes, name, path.length)
    this.#kind[ordinal] = kindNumber.get(entry.kind) ?? 0
    this.#mode[ordinal] = entry.mode
    this.#content.add(entry.content)
    this.#span.add(entry.span)
    this.#mtime.add(entry.mtime)
    this.#owner[ordinal] = this.#numberOf(entry)
    if (entry.target !== undefined) this.#targets.add(ordinal, entry.target)
    return ordinal
  }

  path(ordinal: number): string {
    if (!(ordinal < this.length)) throw new RangeError(`no entry ${ordinal} in a layer of ${this.length}`)
    return this.#folders.pathIn(this.folder(ordinal), this.#names, ordinal)
  }

  kind(ordinal: number): EntryKind {
    return kinds[this.#kind[ordinal] ?? 0] ?? 'file'
  }

  /** Bytes. */
  content(ordinal: number): number {
    return this.#content.get(ordinal)
  }

  /** Bytes. */
  span(ordinal: number): number {
    return this.#span.get(ordinal)
  }

  target(ordinal: number): string | undefined {
    return this.#targets.get(ordinal)
  }

  mode(ordinal: number): number {
    return this.#mode[ordinal] ?? 0
  }

  uid(ordinal: number): number {
    return this.#uid.get(this.#owner[ordinal] ?? 0)
  }

  gid(ordinal: number): number {
    return this.#gid.get(this.#owner[ordinal] ?? 0)
  }

  /** Seconds since the epoch. */
  mtime(ordinal: number): number {
    return this.#mtime.get(ordinal)
  }

  at(ordinal: number): Entry {
    const target = this.target(ordinal)
    return {
      path: this.path(ordinal),
      kind: this.kind(ordinal),
      content: this.content(ordinal),
      span: this.span(ordinal),
      mode: this.mode(ordinal),
      uid: this.uid(ordinal),
      gid: this.gid(ordinal),
      mtime: this.mtime(ordinal),
      ...(target === undefined ? {} : { target }),
    }
  }

  /** Copies two columns to where they stand in those of an image. */
  copyTo(kind: Uint8Array, content: Float64Array, from: number): void {
    kind.set(this.#kind.subarray(0, this.length), from)
    this.#content.copyTo(content, from)
  }

  #numberOf({ uid, gid }: Entry): number {
    const last = this.#lastOwner
    if (this.#uid.length > 0 && this.#uid.get(last) === uid && this.#gid.get(last) === gid) return last
    const key = `${uid}:${gid}`
    const known = this.#ownerNumber.get(key)
    this.#lastOwner = known ?? this.#uid.length
    if (known === undefined) {
      this.#ownerNumber.set(key, this.#lastOwner)
      this.#uid.add(uid)
      this.#gid.add(gid)
    }
    return this.#lastOwner
  }

  #grow(): void {
    const capacity = this.#folder.length * 2
    this.#folder = grown(this.#folder, new Uint32Array(capacity))
    this.#kind = grown(this.#kind, new Uint8Array(capacity))
    this.#mode = grown(this.#mode, new Uint16Array(capacity))
    this.#owner = grown(this.#owner, new Uint32Array(capacity))
  }

  /** That columns out of a file have one length, and that no number in them leads out of another one. */
  #check(): void {
    const count = this.length
    const numbers = [this.#content, this.#span, this.#mtime]
    const columns = [this.#folder, this.#kind, this.#mode, this.#owner, ...numbers]
    if (columns.some(({ length }) => length !== count))
      throw new RangeError(`columns of ${count} entries differ in length`)
    if (this.#uid.length !== this.#gid.length) throw new RangeError('as many users as groups are wanting')
    checkBelow(this.#folder, this.#folders.size, 'folder')
    checkBelow(this.#owner, this.#uid.length, 'owner')
    checkBelow(this.#kind, kinds.length, 'kind')
  }
}

function checkBelow(column: Uint8Array | Uint32Array, end: number, what: string): void {
  for (let ordinal = 0; ordinal < column.length; ordinal++) {
    const number = column[ordinal] ?? 0
    if (number >= end) throw new RangeError(`entry ${ordinal} has ${what} ${number} of ${end}`)
  }
}
