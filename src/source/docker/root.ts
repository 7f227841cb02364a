import { closeSync, constants, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../../bytes/digest.ts'
import { openFile } from '../../bytes/file.ts'
import { storeUnreadable } from '../layer/store-unreadable.ts'
import type { StoredLayer } from '../layer/stored-layers.ts'

/** Drivers that keep a layer's files in a folder, and where in the driver's own. */
const folderOf: Readonly<Record<string, (root: string, cacheId: string) => string>> = {
  overlay2: (root, cacheId) => join(root, 'overlay2', cacheId, 'diff'),
  'fuse-overlayfs': (root, cacheId) => join(root, 'fuse-overlayfs', cacheId, 'diff'),
  vfs: (root, cacheId) => join(root, 'vfs/dir', cacheId),
}

/** Graph drivers whose records can be read, and the contents with them. */
export function isKnownDriver(driver: string): boolean {
  return driver in folderOf
}

/** What Docker keeps below its root folder with a graph driver (moby layer/filestore.go, image/fs.go). */
export class DockerRoot {
  readonly root: string
  readonly driver: string

  constructor(root: string, driver: string) {
    this.root = root
    this.driver = driver
  }

  /** The configuration of an image by its ID. */
  configPath(id: string): string {
    return join(this.root, 'image', this.driver, 'imagedb/content', id.replace(':', '/'))
  }

  /** The folder with the record of a layer, by its chain ID. */
  recordFolder(chainId: string): string {
    return join(this.root, 'image', this.driver, 'layerdb', chainId.replace(':', '/'))
  }

  /** The folder with the files of a layer. */
  layerFolder(cacheId: string): string | undefined {
    return /^[\w-]+$/.test(cacheId) ? folderOf[this.driver]?.(this.root, cacheId) : undefined
  }

  /** Whether this machine has the records of an image, and this user may read them. */
  isReadable(topChainId: string): boolean {
    try {
      closeSync(openSync(join(this.recordFolder(topChainId), recordName), constants.O_RDONLY))
      return true
    } catch {
      return false
    }
  }

  /** A layer by its chain ID, and the folder with its files. Throws STORE_UNREADABLE. */
  layer(chainId: string, diffId: string): { readonly stored: StoredLayer; readonly folder: string } {
    const records = this.recordFolder(chainId)
    const note = (name: string) => read(join(records, name)).toString('latin1').trim()
    const folder = this.layerFolder(note('cache-id'))
    if (folder === undefined) throw storeUnreadable(`${records} names no folder of ${this.driver}`)
    return { stored: storedLayer(diffId, note('diff'), note('size'), () => stream(join(records, recordName))), folder }
  }

  /** The configuration of an image. Throws STORE_UNREADABLE. */
  config(id: string): Buffer {
    return read(this.configPath(id))
  }
}

export const recordName = 'tar-split.json.gz'

/** A layer by what its record folder says of it: `noted` its diff ID, `size` Σ content. */
export function storedLayer(
  diffId: string,
  noted: string,
  size: string,
  record: () => AsyncIterable<Buffer>,
): StoredLayer {
  if (noted !== diffId) throw storeUnreadable(`the engine keeps ${noted} where ${diffId} should be`)
  if (!/^\d+$/.test(size)) throw storeUnreadable(`the engine noted ${JSON.stringify(size)} as the size of ${diffId}`)
  return { diffId, files: Number(size), record }
}

/** Layers are kept by what lies below them too (OCI image-spec config.md, "Layer ChainID"). Base first. */
export function chainIds(diffIds: readonly string[]): readonly string[] {
  const chain: string[] = []
  for (const diffId of diffIds) {
    const below = chain.at(-1)
    chain.push(below === undefined ? diffId : sha256(`${below} ${diffId}`))
  }
  return chain
}

async function* stream(path: string): AsyncGenerator<Buffer> {
  const file = openFile(path)
  try {
    yield* file.stream()
  } finally {
    file.close()
  }
}

function read(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw storeUnreadable(`${path} cannot be read: ${reason}`, error)
  }
}
