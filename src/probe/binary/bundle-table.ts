import { number64 } from './elf-header.ts'
import type { GpuLabel } from './gpu-code.ts'
import type { GpuObject } from './gpu-object.ts'

/** The table that a Clang offload bundle begins with. */
export interface BundleTable {
  /** Bytes, magic included. */
  readonly size: number
  readonly objects: readonly GpuObject[]
}

export const bundleMagic = '__CLANG_OFFLOAD_BUNDLE__'
/** Magic and number of objects. */
export const bundleHeadSize = 32
const entrySize = 24
const objectsLimit = 1024
const nameLimit = 256

/**
 * Reads it (Clang documentation, "Clang Offload Bundler", "Bundled Binary File Layout"): magic 24, number 8; for each object
 * offset 8, size 8, length of its name 8, name. Answers with how many bytes it needs when it has too few, undefined
 * when it is none.
 */
export function bundleTable(head: Buffer): BundleTable | number | undefined {
  if (head.length < bundleHeadSize) return bundleHeadSize
  if (head.toString('latin1', 0, bundleMagic.length) !== bundleMagic) return undefined
  const count = number64(head, 24)
  if (count === 0 || count > objectsLimit) return undefined
  const objects: GpuObject[] = []
  let at = bundleHeadSize
  while (objects.length < count) {
    if (head.length < at + entrySize) return at + entrySize
    const [offset, size, length] = [number64(head, at), number64(head, at + 8), number64(head, at + 16)]
    if (length === 0 || length > nameLimit) return undefined
    if (head.length < at + entrySize + length) return at + entrySize + length
    const name = head.toString('latin1', at + entrySize, at + entrySize + length)
    if (!/^[!-~]+$/.test(name)) return undefined
    objects.push({ offset, size, label: labelOf(name) })
    at += entrySize + length
  }
  return { size: at, objects }
}

/** `hipv4-amdgcn-amd-amdhsa--gfx90a:xnack-`, `cuda-nvptx64-nvidia-cuda--sm_70`, `host-x86_64-unknown-linux-gnu-`. */
function labelOf(name: string): GpuLabel {
  if (/^host(-|$)/.test(name)) return { arch: 'host', kind: 'other' }
  const arch = /-(gfx[\w:+-]+|sm_\w+|amdgcnspirv)$/.exec(name)?.[1]
  // The first dash in front of it: `gfx9-4-generic` has some of its own.
  return arch === undefined ? { arch: 'unknown', kind: 'other' } : archLabel(arch)
}

/** How an architecture that LLVM names is compiled. amdgcnspirv: by the driver, for any. */
export function archLabel(arch: string): GpuLabel {
  if (!/^[\w:+-]{1,64}$/.test(arch)) return { arch: 'unknown', kind: 'other' }
  return { arch, kind: arch === 'amdgcnspirv' ? 'ptx' : 'machine' }
}
