import type { Names } from './names.ts'
import type { PathTree } from './path-tree.ts'

const begins = 1
const stops = 2

/** Names that begin or end in one of a few ways, told by their bytes: a million pass where a rule looks for a handful. */
export class NamePattern {
  readonly #starts: readonly Buffer[]
  readonly #ends: readonly Buffer[]
  /** By byte: whether some start begins with it, and whether some end stops with it. */
  readonly #letters = new Uint8Array(256)

  constructor({ starts = [], ends = [] }: { readonly starts?: readonly string[]; readonly ends?: readonly string[] }) {
    this.#starts = starts.map(start => Buffer.from(start))
    this.#ends = ends.map(end => Buffer.from(end))
    for (const start of this.#starts) this.#mark(start[0], begins)
    for (const end of this.#ends) this.#mark(end.at(-1), stops)
  }

  matches(names: Names, name: number): boolean {
    const { bytes } = names
    const from = names.start(name)
    const to = names.end(name)
    if (((this.#letters[bytes[from] ?? 0] ?? 0) & begins) !== 0) {
      for (const start of this.#starts) if (isAt(bytes, from, to, start)) return true
    }
    if (((this.#letters[bytes[to - 1] ?? 0] ?? 0) & stops) !== 0) {
      for (const end of this.#ends) if (to - end.length >= from && isAt(bytes, to - end.length, to, end)) return true
    }
    return false
  }

  #mark(letter: number | undefined, bit: number): void {
    if (letter !== undefined) this.#letters[letter] = (this.#letters[letter] ?? 0) | bit
  }
}

function isAt(bytes: Uint8Array, from: number, to: number, wanted: Buffer): boolean {
  if (from + wanted.length > to) return false
  for (let at = 0; at < wanted.length; at++) if (bytes[from + at] !== wanted[at]) return false
  return true
}

/** The nodes of a tree with such names, in the order of the tree. */
export function nodesLike(tree: PathTree, pattern: NamePattern): number[] {
  const nodes: number[] = []
  for (let node = 1; node < tree.size; node++) if (pattern.matches(tree.names, node)) nodes.push(node)
  return nodes
}
