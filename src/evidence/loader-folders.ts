import type { Evidence } from './evidence.ts'
import { RealFolders } from './real-folder.ts'

/** A folder that the loader is told to look into, besides those that it knows. */
export interface LoaderFolder {
  /** Where it really is. */
  readonly folder: string
  /** As it is written. */
  readonly written: string
  /** `LD_LIBRARY_PATH`, or the file of ldconfig's configuration. */
  readonly from: string
}

/** Folders of the image's LD_LIBRARY_PATH, in its order, then those of ldconfig's configuration. */
export function loaderFolders({ filesystem, image }: Evidence): LoaderFolder[] {
  const folders = new RealFolders(filesystem, filesystem.layers.length - 1)
  const found: LoaderFolder[] = []
  const add = (written: string, from: string) => {
    const clean = written.replace(/\/+$/, '')
    const folder = clean.startsWith('/') ? folders.realFolder(clean) : undefined
    if (folder !== undefined) found.push({ folder: folder === '/' ? '' : folder, written, from })
  }
  for (const written of image.config.env.get('LD_LIBRARY_PATH')?.split(':') ?? []) add(written, 'LD_LIBRARY_PATH')
  for (const path of ['/etc/ld.so.conf', ...[...filesystem.tree.children('/etc/ld.so.conf.d')].sort()]) {
    const id = filesystem.at(path)
    const record = id === undefined ? undefined : filesystem.record(filesystem.inode(id))
    if (record?.kind === 'ld-so-conf') for (const written of record.folders) add(written, path)
  }
  return found
}
