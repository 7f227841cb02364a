import type { Wanted } from '../../image/contents.ts'
import { baseName, parentPath } from '../../image/path.ts'
import { storeUnreadable } from '../layer/store-unreadable.ts'

/** A file or a folder of a layer, and the wanted files in it by their names below it; '' is the file itself. */
export interface LayerBind {
  readonly path: string
  readonly ordinals: ReadonlyMap<string, number>
}

/** Bytes that come in the time, 1 ms, that the engine takes to mount one bind more. */
const bindCost = 256 * 1024

interface Folder {
  readonly path: string
  readonly wanted: number[]
  wantedBytes: number
  /** Of everything below it. */
  bytes: number
}

/**
 * What of a layer to ask for so that all wanted files come soonest: a folder where what else lies in it costs less than to
 * bind each wanted file of it, else the file. The engine follows links when it binds, and an image's own lead anywhere on
 * its machine: throws STORE_UNREADABLE where something in the layer's way is no folder.
 */
export function layerBinds({ index, readers }: Wanted): readonly LayerBind[] {
  const { entries } = index
  const folders = new Map<string, Folder>()
  for (const ordinal of readers.keys()) {
    const path = parentPath(entries.path(ordinal))
    const folder = folders.get(path) ?? { path, wanted: [], wantedBytes: 0, bytes: 0 }
    folder.wanted.push(ordinal)
    folder.wantedBytes += entries.content(ordinal)
    folders.set(path, folder)
  }
  const above = new Set([...folders.keys()].flatMap(ancestors))
  const files = new Set([...readers.keys()].map(ordinal => entries.path(ordinal)))
  const seen = new Set<string>()
  const homes = new Map<string, readonly Folder[]>()
  for (let ordinal = 0; ordinal < entries.length; ordinal++) {
    const path = entries.path(ordinal)
    const kind = entries.kind(ordinal)
    if (kind !== 'directory' && kind !== 'whiteout' && kind !== 'opaque' && above.has(path))
      throw storeUnreadable(`${path} of layer ${index.diffId} is no folder, and has files below it`)
    // Of a path that stands twice, what is there is what came last.
    if (files.has(path) && (seen.has(path) || !readers.has(ordinal)))
      throw storeUnreadable(`${path} of layer ${index.diffId} stands there twice`)
    if (files.has(path)) seen.add(path)
    const content = entries.content(ordinal)
    if (content === 0) continue
    const parent = parentPath(path)
    let home = homes.get(parent)
    if (home === undefined) {
      home = ancestors(parent).flatMap(at => folders.get(at) ?? [])
      homes.set(parent, home)
    }
    for (const folder of home) folder.bytes += content
  }
  return [...folders.values()].flatMap(folder => {
    const { path, bytes, wanted, wantedBytes } = folder
    const whole = path !== '/' && wanted.length > 1 && bytes - wantedBytes <= (wanted.length - 1) * bindCost
    if (!whole) return wanted.map(ordinal => ({ path: entries.path(ordinal), ordinals: new Map([['', ordinal]]) }))
    const ordinals = wanted.map(ordinal => [baseName(entries.path(ordinal)), ordinal] as const)
    return [{ path, ordinals: new Map(ordinals) }]
  })
}

/** A folder and all above it, the root left out. */
function ancestors(folder: string): string[] {
  const all: string[] = []
  for (let at = folder; at !== '/'; at = parentPath(at)) all.push(at)
  return all
}
