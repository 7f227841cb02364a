import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { codeOf, reasonOf } from '../../bytes/reason.ts'
import { ImgauditError } from '../../error.ts'
import { isObject, type JsonObject, list, part, text, texts } from '../../image/document.ts'
import type { OpenOptions } from '../source.ts'
import type { StorageUser } from './user.ts'

/** What storage.conf says of where images are (containers-storage.conf.5). Paths are as they are written there. */
export interface StorageConfig {
  readonly driver?: string
  /** Drivers in the order in which they are tried where none is set. */
  readonly driverPriority: readonly string[]
  readonly graphRoot?: string
  readonly rootlessPath?: string
  readonly imageStore?: string
  readonly additionalImageStores: readonly string[]
}

/** Folders of the distribution's and the administrator's files; what stands later counts more. */
const systemFolders: readonly string[] = ['/usr/share/containers', '/etc/containers']

/** Drivers that a user without root takes over from the system's configuration. */
const rootlessDrivers: ReadonlySet<string> = new Set(['btrfs', 'overlay', 'overlay2', 'vfs'])

/**
 * Reads the one storage.conf that counts (containers/storage types/options.go), and the drop-ins that Podman 6 reads after
 * it (containers-config.5). Without a file of their own, users take the rootless path and the driver from the system's, no
 * more. Throws CONFIG_INVALID.
 */
export async function readStorageConfig(
  user: StorageUser,
  env: OpenOptions['env'],
  folders = systemFolders,
): Promise<StorageConfig> {
  const named = env.CONTAINERS_STORAGE_CONF
  const last = env.CONTAINERS_STORAGE_CONF_OVERRIDE
  const override = last ? [await tableOf(last)] : []
  if (named) return merged([(await tableOf(named)) ?? missing(named), ...override])
  const own = userFolder(user, env)
  const ownTable = own === undefined ? undefined : await tableOf(join(own, 'storage.conf'))
  const main = ownTable ?? (await systemTable(user, folders))
  const dropIns = dropInFiles(user, own === undefined ? folders : [...folders, own])
  return merged([main, ...(await Promise.all(dropIns.map(tableOf))), ...override])
}

function userFolder({ uid, home }: StorageUser, env: OpenOptions['env']): string | undefined {
  if (env.XDG_CONFIG_HOME) return join(env.XDG_CONFIG_HOME, 'containers')
  return uid === 0 ? undefined : join(home, '.config/containers')
}

async function systemTable({ uid }: StorageUser, folders: readonly string[]): Promise<JsonObject | undefined> {
  for (const folder of [...folders].reverse()) {
    const table = await tableOf(join(folder, 'storage.conf'))
    if (table === undefined) continue
    if (uid === 0) return table
    const { driver, rootless_storage_path } = table
    const usable = typeof driver === 'string' && rootlessDrivers.has(driver)
    return { rootless_storage_path, ...(usable ? { driver } : {}) }
  }
  return undefined
}

/** In the order of their names, wherever they lie; of two with one name that of the later folder counts. */
function dropInFiles({ uid }: StorageUser, folders: readonly string[]): readonly string[] {
  const kinds = uid === 0 ? ['storage.conf.d', 'storage.rootful.conf.d'] : ['storage.conf.d', 'storage.rootless.conf.d']
  const places = folders.flatMap(folder => [
    ...kinds.map(kind => join(folder, kind)),
    ...(uid === 0 ? [] : [join(folder, 'storage.rootless.conf.d', String(uid))]),
  ])
  const files = places.flatMap(place => namesIn(place).map(name => join(place, name)))
  const byName = new Map(files.filter(file => file.endsWith('.conf')).map(file => [basename(file), file]))
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file)
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** The table [storage] of a file; undefined where there is no file. */
async function tableOf(path: string): Promise<JsonObject | undefined> {
  const toml = textOf(path)
  if (toml === undefined) return undefined
  // Few have such a file: the parser is loaded for those who do.
  const { parse } = await import('smol-toml')
  try {
    return part(parse(toml), 'storage') ?? {}
  } catch (error) {
    throw invalid(path, error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error), error)
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = codeOf(error) ?? reasonOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw invalid(path, code, error)
  }
}

function merged(tables: readonly (JsonObject | undefined)[]): StorageConfig {
  let config: StorageConfig = { driverPriority: [], additionalImageStores: [] }
  for (const table of tables) if (table !== undefined) config = over(config, table)
  return config
}

/** A file over those before it: what it does not say stays. */
function over(before: StorageConfig, table: JsonObject): StorageConfig {
  const driver = text(table, 'driver')
  const graphRoot = text(table, 'graphroot')
  const rootlessPath = text(table, 'rootless_storage_path')
  const imageStore = text(table, 'imagestore')
  return {
    ...before,
    ...(driver ? { driver } : {}),
    ...(graphRoot ? { graphRoot } : {}),
    ...(rootlessPath ? { rootlessPath } : {}),
    ...(imageStore ? { imageStore } : {}),
    driverPriority: listOver(before.driverPriority, table, 'driver_priority'),
    additionalImageStores: listOver(before.additionalImageStores, part(table, 'options'), 'additionalimagestores'),
  }
}

/** A list replaces the one before it, unless `{append=true}` stands in it (containers-config.5). */
function listOver(before: readonly string[], table: JsonObject | undefined, key: string): readonly string[] {
  if (table?.[key] === undefined) return before
  const appends = list(table, key).some(value => isObject(value) && value.append === true)
  return appends ? [...before, ...texts(table, key)] : texts(table, key)
}

function missing(path: string): never {
  throw invalid(path, 'there is no such file, though CONTAINERS_STORAGE_CONF names it')
}

function invalid(path: string, why: string, cause?: unknown): ImgauditError {
  const fix = 'correct it as containers-storage.conf(5) says, or name another: CONTAINERS_STORAGE_CONF=<file>'
  return new ImgauditError('CONFIG_INVALID', `${path} cannot be used: ${why}`, fix, { cause })
}
