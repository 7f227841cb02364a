import { closeSync, constants, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../../bytes/digest.ts'
import { streamFile } from '../../bytes/file.ts'
import { codeOf, reasonOf } from '../../bytes/reason.ts'
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
  return Object.hasOwn(folderOf, driver)
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

  /** A layer by its chain ID. Throws STORE_UNREADABLE. */
  layer(chainId: string, diffId: string): StoredLayer {
    const record = join(this.recordFolder(chainId), recordName)
    return storedLayer(diffId, this.#note(chainId, 'diff'), this.#note(chainId, 'size'), () => streamFile(record))
  }

  /** Folders with the files of an image's layers, by diff ID; each is looked up when it is asked for, which throws
   *  STORE_UNREADABLE. */
  folders(chain: readonly string[], diffIds: readonly string[]): Pick<ReadonlyMap<string, string>, 'get'> {
    const found = new Map<string, string>()
    return {
      get: diffId => {
        const chainId = chain[diffIds.indexOf(diffId)]
        const folder = found.get(diffId) ?? (chainId === undefined ? undefined : this.#folderOf(chainId))
        if (folder !== undefined) found.set(diffId, folder)
        return folder
      },
    }
  }

  /** The configuration of an image. Throws STORE_UNREADABLE. */
  config(id: string): Buffer {
    return read(this.configPath(id))
  }

  #folderOf(chainId: string): string {
    const folder = this.layerFolder(this.#note(chainId, 'cache-id'))
    if (folder === undefined) throw storeUnreadable(`${this.recordFolder(chainId)} names no folder of ${this.driver}`)
    return folder
  }

  #note(chainId: string, name: string): string {
    return read(join(this.recordFolder(chainId), name))
      .toString('latin1')
      .trim()
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

function read(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw storeUnreadable(`${path} cannot be read: ${codeOf(error) ?? reasonOf(error)}`, error)
  }
}
