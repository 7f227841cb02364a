import type { Entry, EntryKind } from './entry.ts'

const kinds: readonly EntryKind[] = ['file', 'directory', 'symlink', 'hardlink', 'device', 'fifo', 'whiteout', 'opaque']
const kindNumber = new Map(kinds.map((kind, number) => [kind, number]))

/** Entries of one layer in tar order, in columns: an image can have a million of them. */
export class Entries {
  #count = 0
  #capacity = 256
  readonly #paths: string[] = []
  readonly #targets = new Map<number, string>()
  #kind = new Uint8Array(this.#capacity)
  #mode = new Uint16Array(this.#capacity)
  #content = new Float64Array(this.#capacity)
  #span = new Float64Array(this.#capacity)
  #uid = new Float64Array(this.#capacity)
  #gid = new Float64Array(this.#capacity)
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
    this.#uid[ordinal] = entry.uid
    this.#gid[ordinal] = entry.gid
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
    return {
      path: this.path(ordinal),
      kind: this.kind(ordinal),
      content: this.content(ordinal),
      span: this.span(ordinal),
      mode: this.#mode[ordinal] ?? 0,
      uid: this.#uid[ordinal] ?? 0,
      gid: this.#gid[ordinal] ?? 0,
      mtime: this.#mtime[ordinal] ?? 0,
      ...(target === undefined ? {} : { target }),
    }
  }

  #grow(): void {
    this.#capacity *= 2
    this.#kind = grown(this.#kind, new Uint8Array(this.#capacity))
    this.#mode = grown(this.#mode, new Uint16Array(this.#capacity))
    this.#content = grown(this.#content, new Float64Array(this.#capacity))
    this.#span = grown(this.#span, new Float64Array(this.#capacity))
    this.#uid = grown(this.#uid, new Float64Array(this.#capacity))
    this.#gid = grown(this.#gid, new Float64Array(this.#capacity))
    this.#mtime = grown(this.#mtime, new Float64Array(this.#capacity))
  }
}

function grown<Column extends Uint8Array | Uint16Array | Float64Array>(from: Column, into: Column): Column {
  into.set(from)
  return into
}
