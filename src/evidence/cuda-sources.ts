import { NamePattern, nodesLike } from '../image/name-pattern.ts'
import type { Evidence } from './evidence.ts'
import { findProgram } from './link/program.ts'
import { Root } from './link/root.ts'
import { toolkitEntries } from './toolkit.ts'

/**
 * Source code of CUDA that somebody put into an image which can compile it: torch's cpp_extension.load builds such as the
 * program starts. What packages and the toolkit bring does not count, nor any where there is no C++ compiler for nvcc.
 */
export function cudaSource(evidence: Evidence): string | undefined {
  if (!known.has(evidence)) known.set(evidence, find(evidence))
  return known.get(evidence)
}

const known = new WeakMap<Evidence, string | undefined>()

function find(evidence: Evidence): string | undefined {
  const { filesystem, owners } = evidence
  const root = new Root(filesystem)
  if (!hostCompilers.some(name => findProgram(evidence, root, name) !== undefined)) return undefined
  const toolkit = toolkitEntries(evidence)
  for (const node of nodesLike(filesystem.tree, new NamePattern({ ends: ['.cu'] }))) {
    const id = root.at(node)
    if (id === undefined || filesystem.kind(filesystem.inode(id)) !== 'file' || toolkit.has(id)) continue
    if (owners.owner(id) === undefined) return filesystem.path(id)
  }
  return undefined
}

const hostCompilers = ['c++', 'g++', 'gcc', 'cc', 'clang++', 'clang']
