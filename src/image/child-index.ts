import { type Column, none } from './column.ts'

// Random, so that nobody can make names that all fall on one slot.
const seed = Math.floor(Math.random() * 2 ** 31)

/**
 * Nodes of a tree by their parent and their name: a hash table of node numbers (open addressing, linear probing, at most
 * half full). Keyed by name and not by path, so that a look-up reads some ten characters, and nothing is stored twice.
 */
export class ChildIndex {
  readonly #paths: readonly string[]
  readonly #parent: Column
  #nodes: Int32Array
  /** By slot: the hash of the node in it, to grow, and to pass by others, without a look at their names. */
  #hashes: Int32Array
  #count = 0

  /** By node: its path and its parent, which the tree keeps. `expected`: how many nodes there will be, as far as known. */
  constructor(paths: readonly string[], parent: Column, expected: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(512, expected) * 2))
    this.#nodes = new Int32Array(slots).fill(none)
    this.#hashes = new Int32Array(slots)
    this.#paths = paths
    this.#parent = parent
  }

  /** The node below `parent` whose name is [from, to) of `path`. */
  find(parent: number, path: string, from: number, to: number): number {
    const wanted = hash(parent, path, from, to)
    const mask = this.#nodes.length - 1
    for (let slot = wanted & mask; ; slot = (slot + 1) & mask) {
      const node = this.#nodes[slot] ?? none
      if (node === none) return none
      if (this.#hashes[slot] === wanted && this.#is(node, parent, path, from, to)) return node
    }
  }

  /** Adds a node that is not in it. Its name begins at `from` of its path. */
  add(node: number, from: number): void {
    if (this.#count * 2 >= this.#nodes.length) this.#grow()
    this.#count++
    const path = this.#paths[node] ?? ''
    this.#put(node, hash(this.#parent.get(node), path, from, path.length))
  }

  #is(node: number, parent: number, path: string, from: number, to: number): boolean {
    if (this.#parent.get(node) !== parent) return false
    const known = this.#paths[node] ?? ''
    if (to === path.length) return known === path
    if (known.length !== to) return false
    for (let i = from; i < to; i++) if (known.charCodeAt(i) !== path.charCodeAt(i)) return false
    return true
  }

  #put(node: number, bits: number): void {
    const mask = this.#nodes.length - 1
    let slot = bits & mask
    while (this.#nodes[slot] !== none) slot = (slot + 1) & mask
    this.#nodes[slot] = node
    this.#hashes[slot] = bits
  }

  #grow(): void {
    const nodes = this.#nodes
    const hashes = this.#hashes
    this.#nodes = new Int32Array(nodes.length * 2).fill(none)
    this.#hashes = new Int32Array(nodes.length * 2)
    for (let slot = 0; slot < nodes.length; slot++) {
      const node = nodes[slot] ?? none
      if (node !== none) this.#put(node, hashes[slot] ?? 0)
    }
  }
}

/** FNV-1a over the parent and the characters of the name, with its high bits folded into the low ones. */
function hash(parent: number, path: string, from: number, to: number): number {
  let bits = Math.imul(parent ^ seed, 0x9e3779b1)
  for (let i = from; i < to; i++) bits = Math.imul(bits ^ path.charCodeAt(i), 0x01000193)
  return bits ^ (bits >>> 15)
}
