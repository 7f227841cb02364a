import type { Entry, EntryKind } from './entry.ts'

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
const kindNumber = new Map(kinds.map((kind, number) => [kind, number]))

/** Entries of one layer in tar order, in columns: an image can have a million of them. */
export class Entries {
  #count = 0
  #capacity = 256
  readonly #paths: string[] = []
  readonly #targets = new Map<number, string>()
  /** A layer has few: user and group by their number in the column of owners. */
  readonly #owners: { readonly uid: number; readonly gid: number }[] = []
  readonly #ownerNumber = new Map<string, number>()
  #lastOwner = 0
  #kind = new Uint8Array(this.#capacity)
  #mode = new Uint16Array(this.#capacity)
  #content = new Float64Array(this.#capacity)
  #span = new Float64Array(this.#capacity)
  #owner = new Uint32Array(this.#capacity)
  #mtime = new Float64Array(this.#capacity)

  get length(): number {
    return this.#count
  }

  /** Adds an entry behind the others and answers with its ordinal. */
  add(entry: Entry): number {
    if (this.#count === this.#capacity) this.#grow()
    const ordinal = this.#count++
    this.#paths.push(entry.path)
    if (entry.target !== undefined) this.#targets.set(ordinal, entry.target)
    this.#kind[ordinal] = kindNumber.get(entry.kind) ?? 0
    this.#mode[ordinal] = entry.mode
    this.#content[ordinal] = entry.content
    this.#span[ordinal] = entry.span
    this.#owner[ordinal] = this.#numberOf(entry)
    this.#mtime[ordinal] = entry.mtime
    return ordinal
  }

  path(ordinal: number): string {
    const path = this.#paths[ordinal]
    if (path === undefined) throw new RangeError(`no entry ${ordinal} in a layer of ${this.#count}`)
    return path
  }

  kind(ordinal: number): EntryKind {
    return kinds[this.#kind[ordinal] ?? 0] ?? 'file'
  }

  /** Bytes. */
  content(ordinal: number): number {
    return this.#content[ordinal] ?? 0
  }

  /** Bytes. */
  span(ordinal: number): number {
    return this.#span[ordinal] ?? 0
  }

  target(ordinal: number): string | undefined {
    return this.#targets.get(ordinal)
  }

  at(ordinal: number): Entry {
    const target = this.#targets.get(ordinal)
    const { uid, gid } = this.#owners[this.#owner[ordinal] ?? 0] ?? { uid: 0, gid: 0 }
    return {
      path: this.path(ordinal),
      kind: this.kind(ordinal),
      content: this.content(ordinal),
      span: this.span(ordinal),
      mode: this.#mode[ordinal] ?? 0,
      uid,
      gid,
      mtime: this.#mtime[ordinal] ?? 0,
      ...(target === undefined ? {} : { target }),
    }
  }

  /** Copies two columns to where they stand in those of an image. */
  copyTo(kind: Uint8Array, content: Float64Array, from: number): void {
    kind.set(this.#kind.subarray(0, this.#count), from)
    content.set(this.#content.subarray(0, this.#count), from)
  }

  #numberOf({ uid, gid }: Entry): number {
    const last = this.#owners[this.#lastOwner]
    if (last?.uid === uid && last.gid === gid) return this.#lastOwner
    const key = `${uid}:${gid}`
    const known = this.#ownerNumber.get(key)
    this.#lastOwner = known ?? this.#owners.push({ uid, gid }) - 1
    if (known === undefined) this.#ownerNumber.set(key, this.#lastOwner)
    return this.#lastOwner
  }

  #grow(): void {
    this.#capacity *= 2
    this.#kind = grown(this.#kind, new Uint8Array(this.#capacity))
    this.#mode = grown(this.#mode, new Uint16Array(this.#capacity))
    this.#content = grown(this.#content, new Float64Array(this.#capacity))
    this.#span = grown(this.#span, new Float64Array(this.#capacity))
    this.#owner = grown(this.#owner, new Uint32Array(this.#capacity))
    this.#mtime = grown(this.#mtime, new Float64Array(this.#capacity))
  }
}

function grown<Column extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(
  from: Column,
  into: Column,
): Column {
  into.set(from)
  return into
}
