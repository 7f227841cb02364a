import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { streamFile } from '../../bytes/file.ts'
import { storeUnreadable } from '../layer/store-unreadable.ts'
import type { StoredLayer } from '../layer/stored-layers.ts'
import type { StoragePlace } from './place.ts'
import { type LayerRecord, storedLayers } from './records.ts'

/** Drivers that keep the files of a layer in a folder, and where in a root. vfs copies the layers below into it. */
const folderOf: Readonly<Record<string, (root: string, id: string) => string>> = {
  overlay: (root, id) => join(root, 'overlay', id, 'diff'),
  vfs: (root, id) => join(root, 'vfs/dir', id),
}

/** The layers of an image, base first, and their folders by diff ID. */
export interface LayerChain {
  readonly layers: readonly StoredLayer[]
  readonly folders: ReadonlyMap<string, string>
}

/**
 * Follows the layers of an image from the topmost one down. They must be those of its configuration. Throws
 * STORE_UNREADABLE where they are not, one is gone, or the store has no record or folder of one.
 */
export function layerChain(place: StoragePlace, top: string | undefined, diffIds: readonly string[]): LayerChain {
  const records = chainOf(storedLayers(place), top, diffIds.length)
  if (records.length !== diffIds.length)
    throw storeUnreadable(`the store has ${records.length} layers of the image, its configuration ${diffIds.length}`)
  const folders = new Map<string, string>()
  const layers = records.map((record, position): StoredLayer => {
    const what = `layer ${position + 1} of ${diffIds.length}`
    const diffId = diffIds[position] ?? ''
    if (record.diffId === undefined)
      throw storeUnreadable(`${what} was not pulled whole: the store has no diff ID of it`)
    if (record.diffId !== diffId) throw storeUnreadable(`${what} is ${record.diffId} in the store, not ${diffId}`)
    folders.set(diffId, folderIn(place, record.id, what))
    const path = firstThere(place.roots.map(root => join(root, `${place.driver}-layers`, `${record.id}.tar-split.gz`)))
    if (path === undefined) throw storeUnreadable(`the store has no record of ${what} (${record.id}.tar-split.gz)`)
    return {
      diffId,
      record: () => streamFile(path),
      ...(record.unpacked === undefined ? {} : { unpacked: record.unpacked }),
    }
  })
  return { layers, folders }
}

/** Base first. A chain that runs in a circle ends where it is longer than the image. */
function chainOf(
  layers: ReadonlyMap<string, LayerRecord>,
  top: string | undefined,
  length: number,
): readonly LayerRecord[] {
  const chain: LayerRecord[] = []
  for (let id = top; id !== undefined && chain.length <= length; ) {
    const layer = layers.get(id)
    if (layer === undefined) throw storeUnreadable(`the store has no layer ${id}, which the image is made of`)
    chain.push(layer)
    id = layer.parent
  }
  return chain.reverse()
}

function folderIn({ driver, roots }: StoragePlace, id: string, what: string): string {
  const folder = Object.hasOwn(folderOf, driver) ? folderOf[driver] : undefined
  if (folder === undefined) throw storeUnreadable(`the ${driver} driver keeps ${what} where imgaudit cannot read it`)
  const found = firstThere(roots.map(root => folder(root, id)))
  if (found === undefined) throw storeUnreadable(`the store has no folder of ${what} (${id})`)
  return found
}

function firstThere(paths: readonly string[]): string | undefined {
  return paths.find(path => existsSync(path))
}
