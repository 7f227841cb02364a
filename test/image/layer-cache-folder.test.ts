import { execFile, spawnSync } from 'node:child_process'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getuid } from 'node:process'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { sha256 } from '../../src/bytes/digest.ts'
import { cachePath } from '../../src/image/cache-folder.ts'
import type { LayerCache } from '../../src/image/layer-cache.ts'
import { scratch } from '../source/open.ts'
import { cacheIn, everythingOf, streamed } from './cached-index.ts'

const run = promisify(execFile)
const root = getuid?.() === 0
const mounts = root && mountable()

/** Whether this user may mount: root of a container often may not. */
function mountable(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'imgaudit-mount-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', 'none', folder]).status === 0
  if (mounted) spawnSync('umount', [folder])
  rmSync(folder, { recursive: true })
  return mounted
}

/** A file system of its own, of so many bytes. */
function disk(size: string): string {
  const folder = scratch()
  expect(spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', folder]).status).toBe(0)
  onTestFinished(() => {
    spawnSync('umount', [folder])
  })
  return folder
}

function age(cache: LayerCache, name: string, seconds: number): void {
  const then = new Date(Date.now() - seconds * 1000)
  utimesSync(join(cache.folder, name), then, then)
}

describe('the place', () => {
  it('is below XDG_CACHE_HOME where that is absolute, else below ~/.cache', () => {
    expect(cachePath({ XDG_CACHE_HOME: '/c' }, '/home/u')).toBe('/c/imgaudit/layers')
    for (const base of [undefined, '', 'c', './c'])
      expect(cachePath({ XDG_CACHE_HOME: base }, '/home/u')).toBe('/home/u/.cache/imgaudit/layers')
  })
})

describe('the folder', () => {
  it('lets go of what was used longest ago when it grows over its limit', async () => {
    const folder = scratch()
    const index = await streamed()
    const cache = cacheIn(folder)
    const ids = ['a', 'b', 'c', 'd'].map(name => sha256(name))
    const names = ids.map(diffId => {
      cache.put({ ...index, diffId })
      return readdirSync(cache.folder).find(name => diffId.endsWith(name.slice(0, 64))) ?? ''
    })
    const size = statSync(join(cache.folder, names[0] ?? '')).size
    // Another run looks at one that was old.
    names.forEach((name, at) => {
      age(cache, name, 1000 - at * 100)
    })
    expect(cacheIn(folder).get(ids[0] ?? '')).toBeDefined()
    const bounded = cacheIn(folder, { limit: size * 4 + 10 })
    expect(bounded.put({ ...index, diffId: sha256('e') })).toBeUndefined()
    const there = () => names.map(name => existsSync(join(cache.folder, name)))
    expect(there()).toEqual([true, false, true, true])
    expect(bounded.get(sha256('e'))).toBeDefined()
    expect(bounded.put({ ...index, diffId: sha256('f') })).toBeUndefined()
    expect(there()).toEqual([true, false, false, true])
    expect(bounded.use().bytes).toBeLessThanOrEqual(size * 4 + 10)
    const [, , , d = ''] = names
    age(cache, d, 10)
    const before = statSync(join(cache.folder, d)).mtimeMs
    cache.get(ids[3] ?? '')
    expect(statSync(join(cache.folder, d)).mtimeMs, 'a use is noted once a minute').toBe(before)
  })

  it('takes no layer that is larger than its limit', async () => {
    const cache = cacheIn(scratch(), { limit: 1000 })
    expect(cache.put(await streamed())).toMatch(/^it needs \d+ bytes, and the cache has 1000$/)
    expect(cache.use().layers).toBe(0)
  })

  it("is rid of what a dead run left unfinished, never of others' files", async () => {
    const folder = scratch()
    const cache = cacheIn(folder)
    const index = await streamed()
    cache.put(index)
    const temporary = (at: number) =>
      `.${'a'.repeat(64)}.document.${String(at).repeat(8)}-0000-4000-8000-000000000000.tmp`
    const others = ['notes.txt', 'a.layer', `${'a'.repeat(64)}.layer`, '.x.tmp']
    for (const name of [temporary(1), temporary(2), ...others]) writeFileSync(join(cache.folder, name), 'x')
    for (const name of [temporary(1), ...others]) age(cache, name, 4000)
    cacheIn(folder).put({ ...index, diffId: sha256('a') })
    const left = readdirSync(cache.folder)
    expect(left).toContain(temporary(2))
    expect(left).not.toContain(temporary(1))
    expect(cache.clear()).toMatchObject({ files: 2 })
    expect(readdirSync(cache.folder).sort()).toEqual([temporary(2), ...others].sort())
    expect(cache.clear()).toEqual({ files: 0, bytes: 0 })
  })

  it.each([
    [
      'a file in its place',
      (folder: string) => writeFileSync(join(folder, 'imgaudit'), ''),
      /file already exists|not a directory/,
    ],
    [
      'a file in the place of the layers',
      (folder: string) => {
        mkdirSync(join(folder, 'imgaudit'))
        writeFileSync(join(folder, 'imgaudit/layers'), '')
      },
      /file already exists|not a directory/,
    ],
  ])('says why nothing can be kept: %s', async (_, prepare, reason) => {
    const folder = scratch()
    prepare(folder)
    const cache = cacheIn(folder)
    expect(cache.put(await streamed())).toMatch(reason)
    expect(cache.get(sha256('a'))).toBeUndefined()
    expect(() => cache.putDocument(sha256('{}'), Buffer.from('{}'))).not.toThrow()
  })

  it('does not wait for a pipe, nor follow a link, in the place of a file', async () => {
    const cache = cacheIn(scratch())
    const index = await streamed()
    cache.put(index)
    const [name = ''] = readdirSync(cache.folder)
    const path = join(cache.folder, name)
    const elsewhere = join(scratch(), 'elsewhere')
    writeFileSync(elsewhere, readFileSync(path))
    rmSync(path)
    symlinkSync(elsewhere, path)
    expect(cache.get(index.diffId)).toBeUndefined()
    rmSync(path)
    expect(spawnSync('mkfifo', [path]).status).toBe(0)
    expect(cache.get(index.diffId)).toBeUndefined()
  })

  it('gives up on a full disk, and leaves nothing half-written', aloud(mounts, 'may not mount'), async () => {
    const index = await streamed()
    const cache = cacheIn(disk('16k'))
    const reasons = Array.from({ length: 20 }, (_, at) => cache.put({ ...index, diffId: sha256(`${at}`) }))
    expect(reasons[0]).toBeUndefined()
    expect(reasons.at(-1)).toBe('no space left on device')
    for (const name of readdirSync(cache.folder)) expect(name).toMatch(/^[0-9a-f]{64}\.[0-9a-f]+\.layer$/)
    expect(cache.get(sha256('0'))).toBeDefined()
  })

  it('is read where it cannot be written', aloud(mounts, 'may not mount'), async () => {
    const folder = disk('1m')
    const index = await streamed()
    cacheIn(folder).put(index)
    const cache = cacheIn(folder)
    const [name = ''] = readdirSync(cache.folder)
    age(cache, name, 4000)
    expect(spawnSync('mount', ['-o', 'remount,ro', folder]).status).toBe(0)
    const back = cache.get(index.diffId)
    expect(back && everythingOf(back)).toEqual(everythingOf(index))
    expect(back && cache.put(back)).toBeUndefined()
    expect(cache.put({ ...index, diffId: sha256('a') })).toBe('read-only file system')
  })

  it('is refused where another user put it', aloud(root, 'is not root'), async () => {
    const index = await streamed()
    const folder = scratch()
    const elsewhere = scratch()
    mkdirSync(join(elsewhere, 'layers'))
    mkdirSync(join(folder, 'imgaudit'))
    chownSync(join(folder, 'imgaudit'), 12345, 12345)
    expect(cacheIn(folder).put(index)).toContain(`sudo chown -R $(id -u) ${join(folder, 'imgaudit')}`)
    rmSync(join(folder, 'imgaudit'), { recursive: true })
    symlinkSync(elsewhere, join(folder, 'imgaudit'))
    spawnSync('chown', ['-h', '12345', join(folder, 'imgaudit')])
    expect(cacheIn(folder).put(index)).toContain(`sudo chown -R $(id -u) ${join(folder, 'imgaudit')}`)
    expect(readdirSync(join(elsewhere, 'layers'))).toEqual([])
    const own = cacheIn(scratch())
    own.put(index)
    chownSync(join(own.folder, readdirSync(own.folder)[0] ?? ''), 12345, 12345)
    expect(own.get(index.diffId), 'what another user wrote').toBeUndefined()
  })

  it('serves two processes at once', async () => {
    const out = scratch()
    const folder = join(out, 'cache')
    const cache = cacheIn(folder)
    const index = await streamed()
    cache.put(index)
    // tsc has written the files also where it finds something wrong with a test.
    await run('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json', '--outDir', out]).catch(() => undefined)
    writeFileSync(join(out, 'package.json'), '{"type":"module"}')
    const program = `
      const { LayerCache } = await import(${JSON.stringify(join(out, 'image/layer-cache.js'))})
      for (let round = 0; round < 100; round++) {
        const cache = new LayerCache(${JSON.stringify(cache.folder)}, { limit: 1e6 })
        const index = cache.get(${JSON.stringify(index.diffId)})
        if (index?.entries.length !== ${index.entries.length}) throw new Error('half a file in round ' + round)
        index.facts.digests.set(round % 2 === 0 ? 0 : 1, Buffer.alloc(32, round))
        const failed = cache.put({ ...index })
        if (failed !== undefined) throw new Error(failed)
      }`
    const both = Array.from({ length: 2 }, () => run(process.execPath, ['--input-type=module', '-e', program]))
    expect((await Promise.all(both)).map(({ stderr }) => stderr)).toEqual(['', ''])
    expect(readdirSync(cache.folder)).toHaveLength(1)
    expect(cache.get(index.diffId)?.entries.length).toBe(index.entries.length)
  })
})

/** Skips a test where this machine is not fit for it, and says so. */
function aloud(fit: boolean, why: string): { readonly skip: boolean } {
  if (!fit) console.warn(`skipped: this user ${why}`)
  return { skip: !fit }
}
