import type { Evidence } from '../evidence/evidence.ts'
import { parentPath } from '../image/path.ts'
import { leaveOut, withCacheMount } from './amend.ts'
import { type CachePlaces, cachePlaces } from './cache-place.ts'
import { contentsOf } from './contents.ts'
import { commandOf } from './dockerfile.ts'
import { type Leftovers, leftoverFindings } from './leftovers.ts'
import type { Rule } from './rule.ts'

const rule: Rule = {
  id: 'pip-cache',
  title: "pip's cache kept in the image",
  guide: { section: 2, title: 'pip --no-cache-dir Pattern' },
  help: `
Why: pip keeps what it downloads, and the wheels that it builds, below ~/.cache/pip, so that the next install on the same
machine is faster. An image has no next install: the cache is a second, packed copy of every package beside the
installed one. A later layer that deletes it frees nothing.

Fix: Install without a cache, RUN pip install --no-cache-dir torch, or keep the cache outside the image, where the next
build finds it: RUN --mount=type=cache,target=/root/.cache/pip pip install torch. ENV PIP_NO_CACHE_DIR=1 turns it off
for every instruction after it.

Keep: Only when containers of this image install the same packages again while they run, and cannot download them.`,

  *check(evidence) {
    yield* leftoverFindings(evidence, caches(evidence))
  },
}

function* caches(evidence: Evidence): Iterable<Leftovers> {
  const places = cachePlaces(evidence)
  for (const folder of roots(places)) {
    const entries = ownParts(places, folder).flatMap(part => contentsOf(evidence.filesystem, part))
    if (entries.length === 0) continue
    yield {
      what: "pip's cache",
      at: [folder],
      entries,
      verdict: 'safe',
      because: ['pip alone reads its cache, and downloads again what is not in it'],
      fix: (written, _, at) => leaveOut(written, at) ?? { id: 'pip-no-cache', after: withoutCache(written, folder) },
    }
  }
}

function roots(places: CachePlaces): Iterable<string> {
  return new Set([
    ...places.homes.map(home => `${home}/pip`),
    ...places.named('PIP_CACHE_DIR'),
    // --cache-dir leaves no trace in the configuration, the name of the folder does (pip 23.3 and later).
    ...places.folders('http-v2').map(parentPath),
  ])
}

/** What pip makes below each of its folders: PIP_CACHE_DIR can name a folder that holds other things too. */
const shapes: readonly (readonly [part: string, shape: RegExp])[] = [
  // `http-v2/h/h/h/h/h/<sha224>.body` (pip's _vendor/cachecontrol/caches/file_cache.py); `http` before 23.3.
  ['http-v2', /^[0-9a-f]$/],
  ['http', /^[0-9a-f]$/],
  // `wheels/hh/hh/hh/<rest>/<name>.whl` and origin.json (pip's _internal/cache.py).
  ['wheels', /^[0-9a-f]{2}$/],
  ['selfcheck', /^[0-9a-f]{56}$/],
]

/** The paths in a folder that are pip's cache by their shape. */
function ownParts(places: CachePlaces, folder: string): string[] {
  const parts = shapes.flatMap(([part, shape]) =>
    places.names(`${folder}/${part}`).flatMap(name => (shape.test(name) ? [`${folder}/${part}/${name}`] : [])),
  )
  return parts.length === 0 ? [] : [...parts, `${folder}/selfcheck.json`, `${folder}/CACHEDIR.TAG`]
}

/** `pip install torch` as `pip install --no-cache-dir torch`; a cache mount for a command that does not say pip. */
function withoutCache(written: string | undefined, folder: string): string {
  const command = commandOf(written)
  if (written === undefined) return 'RUN pip install --no-cache-dir …'
  const quiet = command?.replace(
    /\b(pip[\d.]*\s+(?:install|wheel|download))\b(?!\s+--no-cache-dir)/g,
    '$1 --no-cache-dir',
  )
  return quiet === undefined || quiet === command ? withCacheMount(written, folder) : `RUN ${quiet}`
}

export default rule
