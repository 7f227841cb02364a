import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { endianness } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { cachePath } from '../../../src/image/cache-folder.ts'
import { LayerCache } from '../../../src/image/layer-cache.ts'
import { StoredShares } from '../../../src/image/stored-shares.ts'
import { everythingOf, streamed } from '../../image/cached-index.ts'
import { scratch } from '../surroundings.ts'
import type { Target } from '../target.ts'

const index = await streamed()
const blob = `sha256:${'b'.repeat(64)}`

function cache(): LayerCache {
  return new LayerCache(cachePath({ XDG_CACHE_HOME: join(scratch(), 'cache') }, '/nowhere'))
}

/** The one file of a cache that holds nothing else. */
function fileOf(put: (cache: LayerCache) => void): string {
  const own = cache()
  rmSync(own.folder, { recursive: true, force: true })
  put(own)
  return join(own.folder, readdirSync(own.folder)[0] ?? '')
}

/** A file of the layer cache: what it holds answers all questions, or it is as if it were not there. */
export const layerCache: Target = {
  name: 'layer-cache',
  seeds: () => [readFileSync(fileOf(own => own.put(index)))],
  pieces: ['"kind":"', '"pip-record"', '[', ']', '{}', 'null'],
  mend: checkedAgain,
  runs: 150,
  read(bytes) {
    const path = fileOf(own => own.put(index))
    writeFileSync(path, bytes)
    const found = cache().get(index.diffId)
    if (found !== undefined) everythingOf(found)
  },
}

export const sharesCache: Target = {
  name: 'shares-cache',
  seeds: () => [readFileSync(fileOf(put))],
  mend: checkedAgain,
  runs: 100,
  read(bytes) {
    const path = fileOf(put)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, bytes)
    const found = cache().shares(blob)
    for (let at = 0; at < (found?.length ?? 0); at++) found?.of(at)
  },
}

function put(own: LayerCache): void {
  own.putShares(StoredShares.plain({ ...index, diffId: blob }))
}

/** The file with the size and the checksum of what it has become. */
function checkedAgain(bytes: Buffer): Buffer {
  if (bytes.length < 24) return bytes
  const copy = Buffer.from(bytes)
  const view = new DataView(copy.buffer, copy.byteOffset)
  const little = endianness() === 'LE'
  view.setUint32(16, copy.length, little)
  view.setUint32(12, crc32(copy.subarray(16)), little)
  return copy
}
