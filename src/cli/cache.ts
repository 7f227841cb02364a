import picocolors from 'picocolors'
import { reasonOf } from '../bytes/reason.ts'
import { ImgauditError } from '../error.ts'
import { cachePath } from '../image/cache-folder.ts'
import { LayerCache } from '../image/layer-cache.ts'
import { countText, exactText, sizeText } from '../report/size-text.ts'
import { grid, remaining } from '../report/table/grid.ts'
import type { Host } from './host.ts'

type Home = Pick<Host, 'env' | 'homedir'>

/** What the layer cache has, and where. Throws CACHE_FAILED. */
export function showCache(home: Home, { width, colour }: { readonly width: number; readonly colour: boolean }): string {
  const ink = picocolors.createColors(colour)
  const cache = cacheOf(home)
  const { layers, bytes, oldest, newest } = asking(cache, 'read', () => cache.use())
  const rows = [
    ['layers', '', exactText(layers)],
    ['bytes', sizeText(bytes), exactText(bytes)],
    ['limit', sizeText(cache.limit), exactText(cache.limit)],
    ['oldest use', '', timeText(oldest)],
    ['newest use', '', timeText(newest)],
  ]
  const columns = [
    { width: 10 },
    { width: 8, align: 'right' },
    { width: Math.min(20, remaining(width, [10, 8])), align: 'right' },
  ] as const
  return `${ink.bold(cache.folder)}\n\n${grid(columns, rows).join('\n')}\n\n  imgaudit cache clear empties it.\n`
}

/** Empties the layer cache, and says what that freed. Throws CACHE_FAILED. */
export function clearCache(home: Home): string {
  const cache = cacheOf(home)
  const { files, bytes } = asking(cache, 'emptied', () => cache.clear())
  if (files === 0) return `${cache.folder} is empty\n`
  return `${cache.folder}: ${countText(files, 'file')} removed, ${countText(bytes, 'byte')} freed\n`
}

function cacheOf({ env, homedir }: Home): LayerCache {
  return new LayerCache(cachePath(env, homedir))
}

function asking<Answer>({ folder }: LayerCache, what: string, ask: () => Answer): Answer {
  try {
    return ask()
  } catch (cause) {
    throw new ImgauditError(
      'CACHE_FAILED',
      `the cache ${folder} cannot be ${what}: ${reasonOf(cause)}`,
      'make it a folder of this user, or name another place: XDG_CACHE_HOME=<folder>',
      { cause },
    )
  }
}

function timeText(time: number | undefined): string {
  return time === undefined ? 'never' : `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
