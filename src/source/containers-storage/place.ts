import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { OpenOptions } from '../source.ts'
import { readStorageConfig, type StorageConfig } from './config.ts'
import { type StorageUser, storageUser } from './user.ts'

/** Where a store of containers/storage lies. */
export interface StoragePlace {
  /** `overlay`, `vfs`: its folders' names begin with it. */
  readonly driver: string
  /** Folders that hold images, layers or both, in the order in which they are searched: where images are kept, the graph
   *  root, then the additional stores, which are only read. */
  readonly roots: readonly string[]
}

/** The order in which drivers are looked for where none is set (containers/storage drivers/driver_linux.go). */
const usualDrivers: readonly string[] = ['overlay', 'aufs', 'btrfs', 'zfs', 'vfs']

/** The store that Podman, Buildah and CRI-O use for this user: by the environment, by storage.conf, else the usual one.
 *  Throws CONFIG_INVALID. */
export async function usualStorage(options: Pick<OpenOptions, 'env' | 'homedir'>): Promise<StoragePlace> {
  const { env } = options
  const user = storageUser(options)
  const config = await readStorageConfig(user, env)
  const expand = (path: string) => expanded(path, user, env)
  const graphRoot = expand(graphRootOf(config, user, env))
  const additional = env.STORAGE_OPTS === undefined ? config.additionalImageStores : imageStoresIn(env.STORAGE_OPTS)
  const roots = [...(config.imageStore ? [config.imageStore] : []), graphRoot, ...additional].map(expand)
  const wanted = env.STORAGE_DRIVER || config.driver
  // Podman keeps to the driver that it began with, which it notes in a database, whatever it is told later.
  const used = usedDriver(roots, [...(wanted ? [named(wanted)] : []), ...config.driverPriority, ...usualDrivers])
  return storageAt(roots, used ?? wanted)
}

/** The store in these folders; without a driver that of the one that has written there. */
export function storageAt(roots: readonly string[], driver: string | undefined): StoragePlace {
  return { driver: named(driver || (usedDriver(roots, usualDrivers) ?? 'overlay')), roots }
}

function usedDriver(roots: readonly string[], drivers: readonly string[]): string | undefined {
  return drivers.find(driver => roots.some(root => existsSync(join(root, `${driver}-images`))))
}

/** overlay2 is another name of overlay. */
function named(driver: string): string {
  return driver === 'overlay2' ? 'overlay' : driver
}

/** Additional image stores among driver options: `overlay.imagestore=/a,vfs.imagestore=/b`. */
export function imageStoresIn(driverOptions: string): readonly string[] {
  return driverOptions
    .split(',')
    .flatMap(option => /^(?:\w*\.)?(?:additional)?imagestore=(.+)$/i.exec(option.trim())?.[1] ?? [])
}

function graphRootOf(config: StorageConfig, user: StorageUser, env: OpenOptions['env']): string {
  if (config.graphRoot) return config.graphRoot
  if (user.uid === 0) return '/var/lib/containers/storage'
  return config.rootlessPath ?? join(env.XDG_DATA_HOME || join(user.home, '.local/share'), 'containers/storage')
}

function expanded(path: string, { uid, home }: StorageUser, env: OpenOptions['env']): string {
  return path.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? ''
    if (name === 'UID') return String(uid)
    return env[name] ?? (name === 'HOME' ? home : '')
  })
}
