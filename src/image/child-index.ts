import { type Column, none } from './column.ts'
import type { Names } from './names.ts'

// Random, so that nobody can make names that all fall on one slot.
const seed = Math.floor(Math.random() * 2 ** 31)

/**
 * Nodes of a tree by their parent and their name: a hash table of node numbers (open addressing, linear probing, at most
 * three quarters full). Keyed by name and not by path, so that a look-up reads some ten bytes, and nothing is stored twice.
 */
export class ChildIndex {
  readonly #names: Names
  readonly #parent: Column
  /** Two numbers a slot: 1 + the node in it, 0 where it is empty; and its hash, to pass by others without a look at their
   *  names. Memory that nothing is written to costs nothing. */
  #slots: Int32Array
  #count = 0
  /** Of the name that was asked for last: what is not there is mostly added next. */
  #asked = 0

  /** By node: its name and its parent, which the tree keeps. `expected`: how many nodes there will be, as far as known. */
  constructor(names: Names, parent: Column, expected: number) {
    this.#slots = new Int32Array(2 * 2 ** Math.ceil(Math.log2(Math.max(256, expected) * (4 / 3))))
    this.#names = names
    this.#parent = parent
  }

  /** The node below `parent` whose name is [from, to) of some bytes. */
  find(parent: number, bytes: Uint8Array, from: number, to: number): number {
    const wanted = hash(parent, bytes, from, to)
    this.#asked = wanted
    const slots = this.#slots
    const mask = slots.length - 1
    for (let at = (wanted << 1) & mask; ; at = (at + 2) & mask) {
      const node = (slots[at] ?? 0) - 1
      if (node === none) return none
      if (slots[at + 1] !== wanted || this.#parent.get(node) !== parent) continue
      if (this.#names.is(node, bytes, from, to)) return node
    }
  }

  /** Adds the node that `find` was asked for last, and did not find. */
  addAsked(node: number): void {
    if (this.#count * 8 >= this.#slots.length * 3) this.#grow()
    this.#count++
    this.#put(node, this.#asked)
  }

  /** Adds a node that is not in it. */
  add(node: number): void {
    const names = this.#names
    this.#asked = hash(this.#parent.get(node), names.bytes, names.start(node), names.end(node))
    this.addAsked(node)
  }

  #put(node: number, bits: number): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let at = (bits << 1) & mask
    while (slots[at] !== 0) at = (at + 2) & mask
    slots[at] = node + 1
    slots[at + 1] = bits
  }

  #grow(): void {
    const slots = this.#slots
    this.#slots = new Int32Array(slots.length * 2)
    for (let at = 0; at < slots.length; at += 2) {
      const node = (slots[at] ?? 0) - 1
      if (node !== none) this.#put(node, slots[at + 1] ?? 0)
    }
  }
}

/** FNV-1a over the parent and the bytes of the name, with its high bits folded into the low ones. */
function hash(parent: number, bytes: Uint8Array, from: number, to: number): number {
  let bits = Math.imul(parent ^ seed, 0x9e3779b1)
  for (let at = from; at < to; at++) bits = Math.imul(bits ^ (bytes[at] ?? 0), 0x01000193)
  return bits ^ (bits >>> 15)
}
