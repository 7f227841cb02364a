import type { EntryId } from '../../image/filesystem.ts'
import { parentPath } from '../../image/path.ts'
import type { Elf } from '../../probe/binary/binary.ts'
import type { Evidence } from '../evidence.ts'
import type { Root } from './root.ts'
import type { Steps } from './steps.ts'

/** An ELF file of the final image that a loader has to do with. */
export interface Linked {
  readonly inode: EntryId
  readonly elf: Elf
  /** Where the image shows it, each folder once, in tar order. */
  readonly paths: readonly string[]
}

/** Every ELF file that the image shows and that is linked dynamically, in tar order. */
export function linkedFiles({ filesystem }: Evidence): Linked[] {
  const found: Linked[] = []
  for (const [inode, { elf }] of filesystem.liveBinaries()) {
    if (elf?.dynamic === undefined) continue
    const paths = filesystem
      .names(inode)
      .filter(name => filesystem.visible(name))
      .map(name => filesystem.path(name))
    const folders = new Set<string>()
    const isFirst = (path: string) => folders.size < folders.add(parentPath(path)).size
    found.push({ inode, elf, paths: paths.filter(isFirst) })
  }
  return found
}

/** Whether it is there to be started: somebody may execute it, and it is no library that can be (libc.so.6 tells its version). */
export function isProgram({ filesystem }: Evidence, { inode, elf }: Linked): boolean {
  const library = elf.type === 'shared' && elf.dynamic?.soname !== undefined
  return elf.interpreter !== undefined && !library && (filesystem.mode(inode) & 0o111) !== 0
}

/** Whether it runs with the rights of its owner or group, not of who starts it. */
export function isSecure({ filesystem }: Evidence, inode: EntryId): boolean {
  return (filesystem.mode(inode) & 0o6000) !== 0
}

/** Finds a program as a shell does: by its path, else in the folders of PATH. */
export function findProgram({ image }: Evidence, root: Root, name: string, steps?: Steps): EntryId | undefined {
  const { env, workingDir } = image.config
  if (name.includes('/')) return root.file(name.startsWith('/') ? name : `${workingDir}/${name}`)
  const path = env.get('PATH') ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  for (const folder of path.split(':')) {
    steps?.take()
    const found = folder.startsWith('/') ? root.file(`${folder}/${name}`) : undefined
    if (found !== undefined && (root.filesystem.mode(found) & 0o111) !== 0) return found
  }
  return undefined
}
