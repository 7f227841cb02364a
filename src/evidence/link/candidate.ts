import type { EntryId, Filesystem } from '../../image/filesystem.ts'
import { headerSize } from '../../probe/binary/elf-header.ts'
import { binaryProbe } from '../../probe/binary/probe.ts'

/** take: it is loaded. pass: the search goes on. Else why the loader stops at it, in words that follow the path. */
export type Judgement = 'take' | 'pass' | { readonly stops: string }

/**
 * What glibc makes of a file that it finds (open_verify in elf/dl-load.c): it passes over other classes and machines, and
 * gives up at what is no library. musl opens the first file and gives up if it is none.
 */
export function judge(filesystem: Filesystem, inode: EntryId, machine: number): Judgement {
  const binary = filesystem.binary(inode)
  if (binary === undefined) {
    return isRead(filesystem, inode) ? { stops: 'is no ELF file' } : 'take'
  }
  if (binary.kind !== 'elf') return { stops: 'is no ELF file' }
  if (binary.elf === undefined) return binary.is32Bit === true ? 'pass' : 'take'
  const { type, machine: own, osAbi } = binary.elf
  if (osAbi !== 0 && osAbi !== 3) return { stops: `is for another system (OSABI ${osAbi})` }
  if (own !== machine) return 'pass'
  return type === 'shared' ? 'take' : { stops: 'is no shared object' }
}

/** Nobody looked into sparse files, nor into those whose names promise nothing. */
function isRead(filesystem: Filesystem, inode: EntryId): boolean {
  const { index } = filesystem.layers[filesystem.layerOf(inode)] ?? {}
  if (index?.sparse.has(filesystem.ordinal(inode))) return false
  return filesystem.content(inode) < headerSize || promises(filesystem, inode)
}

/** Sparse files that the image shows and that may be programs or libraries, with why nothing is known of them. */
export function unreadSparse(filesystem: Filesystem): { readonly inode: EntryId; readonly why: string }[] {
  return filesystem.layers.flatMap(({ position, index }) => {
    const { from } = filesystem.range(position)
    return [...index.sparse.keys()]
      .map(ordinal => from + ordinal)
      .filter(inode => filesystem.live(inode) && promises(filesystem, inode))
      .map(inode => ({ inode, why: 'is a sparse file, which nobody looks into' }))
  })
}

function promises(filesystem: Filesystem, inode: EntryId): boolean {
  return binaryProbe.wants(filesystem.path(inode), filesystem.content(inode), filesystem.mode(inode))
}
