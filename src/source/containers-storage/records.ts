import { readFileSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ReadLimits } from '../../bytes/read-limits.ts'
import { codeOf } from '../../bytes/reason.ts'
import { isObject, type JsonObject, part, text, texts } from '../../image/document.ts'
import { storeUnreadable } from '../layer/store-unreadable.ts'
import { checkDocument } from '../plan/shelf.ts'
import type { StoragePlace } from './place.ts'

/** An image as a store notes it (containers/storage images.go). */
export interface StoredImage {
  readonly id: string
  /** In full, like `localhost/app:1`. */
  readonly names: readonly string[]
  /** Of its manifests and of lists that it was pulled by. */
  readonly manifests: readonly string[]
  /** Its topmost layer; undefined where it has none, as a list of manifests. */
  readonly layer?: string
  /** The folder with its documents. */
  readonly folder: string
}

/** A layer as a store notes it (containers/storage layers.go). */
export interface LayerRecord {
  readonly id: string
  readonly parent?: string
  /** undefined where the layer was not pulled whole. */
  readonly diffId?: string
  /** Bytes of its uncompressed tar. */
  readonly unpacked?: number
}

/** The images of a store, in the order in which its folders are searched; a name is that of the first that has it. Throws
 *  STORE_UNREADABLE. */
export function storedImages({ roots, driver }: StoragePlace): readonly StoredImage[] {
  const taken = new Map<string, string>()
  return roots.flatMap(root => {
    const folder = join(root, `${driver}-images`)
    return records(join(folder, 'images.json')).map(({ id, record }): StoredImage => {
      const layer = text(record, 'layer')
      const own = text(record, 'digest')
      const kept = Object.entries(part(record, 'big-data-digests') ?? {}).filter(([key]) => key.startsWith('manifest'))
      const digests = [own, ...kept.map(([, digest]) => digest)].filter(digest => typeof digest === 'string')
      const names = texts(record, 'names').filter(name => (taken.get(name) ?? id) === id)
      for (const name of names) taken.set(name, id)
      return {
        id,
        names,
        manifests: [...new Set(digests)],
        ...(layer ? { layer } : {}),
        folder: join(folder, id),
      }
    })
  })
}

/** The layers of a store by ID; one in several folders is that of the first. Throws STORE_UNREADABLE. */
export function storedLayers({ roots, driver }: StoragePlace): ReadonlyMap<string, LayerRecord> {
  const layers = new Map<string, LayerRecord>()
  for (const root of roots) {
    for (const { id, record } of records(join(root, `${driver}-layers`, 'layers.json'))) {
      const parent = text(record, 'parent')
      const diffId = text(record, 'diff-digest')
      const size = record['diff-size']
      if (layers.has(id)) continue
      layers.set(id, {
        id,
        ...(parent ? { parent } : {}),
        ...(diffId ? { diffId } : {}),
        ...(typeof size === 'number' && size >= 0 ? { unpacked: size } : {}),
      })
    }
  }
  return layers
}

/** A document of an image by its key; undefined where there is none. Keys other than of small letters, digits and dots
 *  are written in base64 (containers/storage store.go, makeBigDataBaseName). Throws LIMIT and STORE_UNREADABLE. */
export function storedDocument({ folder }: StoredImage, key: string, limits?: Partial<ReadLimits>): Buffer | undefined {
  const name = /^[a-z0-9.]+$/.test(key) ? key : `=${Buffer.from(key).toString('base64')}`
  const path = join(folder, name)
  return attempt(path, () => {
    const { size } = checkedFile(path)
    checkDocument(path, size, limits)
    return readFileSync(path)
  })
}

/** Stores replace these files as a whole (ioutils.AtomicWriteFile): each is read as it was at one time. */
function records(path: string): readonly { readonly id: string; readonly record: JsonObject }[] {
  const bytes = attempt(path, () => {
    checkedFile(path)
    return readFileSync(path)
  })
  if (bytes === undefined) return []
  return listIn(bytes, path).map(record => {
    if (!isObject(record)) throw storeUnreadable(`${path} has an entry that is none`)
    const id = text(record, 'id') ?? ''
    // It becomes a part of paths.
    if (!/^[0-9a-zA-Z][\w.-]*$/.test(id)) throw storeUnreadable(`${path} has an ID that is none: ${JSON.stringify(id)}`)
    return { id, record }
  })
}

/** A folder can be named as a store, whoever wrote it: a pipe in it would be waited for. */
function checkedFile(path: string): Stats {
  const found = statSync(path)
  if (!found.isFile()) throw storeUnreadable(`${path} is no file`)
  return found
}

function listIn(bytes: Buffer, path: string): readonly unknown[] {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw storeUnreadable(`${path} is no JSON`, error)
  }
  if (!Array.isArray(value)) throw storeUnreadable(`${path} is no list`)
  return value
}

function attempt<Result>(path: string, action: () => Result): Result | undefined {
  try {
    return action()
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    if (code === undefined) throw error
    throw storeUnreadable(`${path} cannot be read: ${code}`, error)
  }
}
