import { decodeName } from '../bytes/name.ts'
import { none } from './column.ts'
import type { Names } from './names.ts'

const slash = 0x2f

/** Names, each in the folder of another: what a path is put together of. */
interface Folders {
  readonly names: Names
  parent(node: number): number
}

/** Paths out of a tree of names as text. The folder that was asked for last stays written: its neighbours cost a name. */
export class FolderText {
  readonly #tree: Folders
  #bytes: Buffer = Buffer.alloc(256)
  #folder = none
  /** Bytes of the folder with the slash behind it. */
  #length = 0
  /** All of these bytes, or-ed: under 0x80 where they are ASCII. */
  #bits = 0

  constructor(tree: Folders) {
    this.#tree = tree
  }

  /** The path of a name in a folder; of the folder itself where the name is empty. */
  path(folder: number, names: Names, name: number): string {
    if (folder !== this.#folder) this.#write(folder)
    const length = this.#length + names.end(name) - names.start(name)
    if (length > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], length * 2)
    const bits = this.#bits | this.#put(names, name, this.#length)
    return bits < 0x80 ? this.#bytes.toString('latin1', 0, length) : decodeName(this.#bytes.subarray(0, length))
  }

  #write(folder: number): void {
    const { names } = this.#tree
    let length = 1
    for (let at = folder; at > 0; at = this.#tree.parent(at)) length += names.end(at) - names.start(at) + 1
    if (length > this.#bytes.length) this.#bytes = Buffer.alloc(length * 2)
    let bits = slash
    let start = length - 1
    this.#bytes[start] = slash
    for (let at = folder; at > 0; at = this.#tree.parent(at)) {
      start -= names.end(at) - names.start(at)
      bits |= this.#put(names, at, start)
      this.#bytes[--start] = slash
    }
    this.#folder = folder
    this.#length = length
    this.#bits = bits
  }

  #put(names: Names, name: number, at: number): number {
    const from = names.start(name)
    const to = names.end(name)
    const { bytes } = names
    const into = this.#bytes
    let bits = 0
    for (let next = from; next < to; next++) {
      const byte = bytes[next] ?? 0
      bits |= byte
      into[at + next - from] = byte
    }
    return bits
  }
}
