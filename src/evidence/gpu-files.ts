import type { EntryId, Filesystem } from '../image/filesystem.ts'
import { nodesWith } from '../image/names-with.ts'
import { GpuCode } from '../probe/binary/gpu-code.ts'
import type { Evidence } from './evidence.ts'
import { archOfFileName } from './rocm-file.ts'

/** GPU code that the image shows, by the content that it lies in. */
export interface GpuFile {
  /** The entry that holds the content; files with several names stand once. */
  readonly inode: EntryId
  /** The first visible name of it. */
  readonly entry: EntryId
  readonly code: GpuCode
  /** It serves one architecture alone, by its name: there is nothing else in it. */
  readonly whole: boolean
}

/** Every live content with GPU code in it, in tar order. */
export function gpuFiles(evidence: Evidence): readonly GpuFile[] {
  const found = known.get(evidence) ?? find(evidence)
  known.set(evidence, found)
  return found
}

const known = new WeakMap<Evidence, readonly GpuFile[]>()

function find({ filesystem }: Evidence): GpuFile[] {
  const files = new Map<EntryId, GpuFile>()
  for (const file of byName(filesystem)) files.set(file.inode, file)
  for (const [inode, { gpu: code }] of filesystem.liveBinaries()) {
    if (code === undefined || files.has(inode)) continue
    files.set(inode, { inode, entry: filesystem.nameOf(inode), code, whole: false })
  }
  return [...files.values()].sort((a, b) => a.inode - b.inode)
}

/** ROCm's libraries have thousands of files for one architecture each, and tables of kernels that no header tells of. */
function* byName(filesystem: Filesystem): Iterable<GpuFile> {
  const last = filesystem.layers.length - 1
  for (const node of nodesWith(filesystem.tree, 'gfx')) {
    const entry = filesystem.atNode(node, last)
    if (entry === undefined) continue
    const inode = filesystem.inode(entry)
    const bytes = filesystem.content(inode)
    if (filesystem.kind(inode) !== 'file' || bytes === 0) continue
    const arch = archOfFileName(filesystem.path(entry))
    if (arch === undefined) continue
    const pieces = [{ label: { arch, kind: 'machine' as const }, bytes, unpacked: bytes }]
    const code = GpuCode.of([{ form: 'cubin', start: 0, bytes, pieces }])
    yield { inode, entry: filesystem.nameOf(inode), code, whole: true }
  }
}
