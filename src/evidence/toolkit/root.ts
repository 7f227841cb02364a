import type { Filesystem } from '../../image/filesystem.ts'
import { baseName, parentPath } from '../../image/path.ts'

const name = /^cuda(?:-\d+(?:\.\d+)*)?$/

/**
 * Folders that a toolkit was installed into, whoever did it: `/usr/local/cuda-12.4` and its like, and others of that name
 * (runfiles take a `--toolkitpath`) that hold a compiler or a target's files.
 */
export function toolkitRoots(filesystem: Filesystem): ReadonlySet<string> {
  const { tree } = filesystem
  const roots = new Set<string>()
  for (const above of ['/usr/local', '/opt', '/opt/nvidia']) {
    for (const path of tree.children(above))
      if (name.test(baseName(path)) && isFolder(filesystem, path)) roots.add(path)
  }
  for (const inside of ['nvvm', 'targets', 'extras']) {
    for (const folder of tree.foldersNamed(inside)) {
      const root = parentPath(folder)
      // Wheels have such folders too, and theirs are in use.
      if (!name.test(baseName(root)) || /-packages\//.test(root)) continue
      if (isShown(filesystem, `${root}/bin/nvcc`) || hasTarget(filesystem, root)) roots.add(root)
    }
  }
  return roots
}

function isFolder({ tree }: Filesystem, path: string): boolean {
  const node = tree.find(path)
  return node !== undefined && tree.hasChildren(node)
}

/** `targets/x86_64-linux/lib`, `targets/sbsa-linux/include`. */
function hasTarget({ tree }: Filesystem, root: string): boolean {
  return [...tree.children(`${root}/targets`)].some(
    target =>
      target.endsWith('-linux') && ['lib', 'include'].some(part => tree.find(`${target}/${part}`) !== undefined),
  )
}

function isShown(filesystem: Filesystem, path: string): boolean {
  const id = filesystem.at(path)
  return id !== undefined && filesystem.visible(id)
}
