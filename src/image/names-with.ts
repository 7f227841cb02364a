import type { PathTree } from './path-tree.ts'

/** The nodes of a tree whose own names have these letters in them, in the order of the tree. All names are searched as one
 *  run of bytes: a million of them in a few milliseconds. */
export function nodesWith({ names }: PathTree, letters: string): number[] {
  const nodes: number[] = []
  const wanted = Buffer.from(letters)
  const end = names.end(names.length - 1)
  let node = 0
  for (let at = names.bytes.indexOf(wanted); at !== -1 && at + wanted.length <= end; ) {
    while (names.end(node) <= at) node++
    const within = at + wanted.length <= names.end(node)
    if (within) nodes.push(node)
    at = names.bytes.indexOf(wanted, within ? names.end(node) : at + 1)
  }
  return nodes
}
