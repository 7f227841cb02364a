import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readdirSync, readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { CacheFolder } from '../../src/image/cache-folder.ts'
import { LayerCache } from '../../src/image/layer-cache.ts'
import type { Report } from '../../src/report/schema.ts'
import { digest, type ImageParts, Layout, layerTar } from '../archive.ts'
import { comparable } from '../real/comparable.ts'
import { scratch } from '../source/open.ts'
import { seed } from './kill.ts'
import { type Ending, program, start } from './program.ts'

let built = ''
/** Two images that have their lower layers in common. */
let images: readonly [ImageParts, ImageParts]

beforeAll(async () => {
  built = await program()
  const layer = (name: string) =>
    layerTar(Object.fromEntries(Array.from({ length: 1500 }, (_, at) => [`usr/${name}/${at}`, noise(`${name}${at}`)])))
  const [base, shared, one, other] = await Promise.all(['base', 'shared', 'one', 'other'].map(layer))
  const below = [base ?? Buffer.of(), shared ?? Buffer.of()]
  images = [{ layers: [...below, one ?? Buffer.of()] }, { layers: [...below, other ?? Buffer.of()] }]
})

const noise = (name: string) => createHash('sha512').update(name).digest('hex')

/** The images as layouts in a home of their own, and what is told of them. */
async function home() {
  const cwd = scratch()
  for (const [name, parts] of [
    ['one', images[0]],
    ['other', images[1]],
  ] as const) {
    const layout = new Layout()
    layout.manifests.push(layout.image(parts))
    layout.write(join(cwd, name))
  }
  const run = (argv: readonly string[]) => start(built, argv, { cwd, env: { HOME: cwd } })
  const audit = (name: string) => run([`oci:${name}`, '-f', 'json'])
  const expected = new Map<string, unknown>()
  for (const name of ['one', 'other'])
    expected.set(name, said(await run([`oci:${name}`, '-f', 'json', '--no-cache']).ended))
  return { run, audit, expected, folder: join(cwd, '.cache/imgaudit/layers') }
}

function said({ code, stdout, stderr }: Ending): unknown {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const report: Report = JSON.parse(stdout)
  return comparable(report)
}

const unfinished = (folder: string) =>
  (existsSync(folder) ? readdirSync(folder) : []).filter(name => name.startsWith('.'))

/** Expects that each file of a cache is whole: what is not is forgotten when it is asked for. */
function expectWhole(folder: string): void {
  const cache = new LayerCache(folder)
  const before = cache.use()
  for (const { layers } of images) for (const layer of layers) cache.get(digest(layer))
  expect(cache.use()).toEqual(before)
}

describe('runs that share a cache', () => {
  test('two at once, and ten, and say what one says alone', async () => {
    const { audit, expected, folder } = await home()
    for (const names of [
      ['one', 'one'],
      ['one', 'other', 'one', 'other', 'one', 'other', 'one', 'other', 'one', 'other'],
    ]) {
      const runs = names.map(name => audit(name).ended)
      for (const [number, ending] of (await Promise.all(runs)).entries())
        expect(said(ending)).toEqual(expected.get(names[number] ?? ''))
      expect(unfinished(folder)).toEqual([])
      expectWhole(folder)
    }
    expect(new LayerCache(folder).use().layers).toBe(4)
  })

  test('while it is emptied again and again', async () => {
    const { audit, run, expected, folder } = await home()
    let done = false
    const clearing = (async () => {
      let cleared = 0
      for (; !done; cleared++) expect((await run(['cache', 'clear']).ended).code).toBe(0)
      return cleared
    })()
    try {
      for (const names of [
        ['one', 'other', 'one'],
        ['other', 'one', 'other'],
      ]) {
        const endings = await Promise.all(names.map(name => audit(name).ended))
        for (const [number, ending] of endings.entries())
          expect(said(ending)).toEqual(expected.get(names[number] ?? ''))
      }
    } finally {
      done = true
    }
    expect(await clearing).toBeGreaterThan(1)
    expect(unfinished(folder)).toEqual([])
    expectWhole(folder)
  })

  test('one of which dies while it writes: what it leaves goes after an hour', async () => {
    const { audit, expected, folder } = await home()
    const began = performance.now()
    await audit('one').ended
    const took = performance.now() - began
    for (let kill = 0; kill < 3; kill++) {
      new LayerCache(folder).clear()
      const run = audit('one')
      await sleep(took * (0.5 + ((seed + kill * 7919) % 1000) / 2000))
      run.kill('SIGKILL')
      await run.ended
      expectWhole(folder)
    }
    const old = Date.now() / 1000 - 2 * 3600
    for (const name of unfinished(folder)) utimesSync(join(folder, name), old, old)
    expect(said(await audit('other').ended)).toEqual(expected.get('other'))
    expect(unfinished(folder)).toEqual([])
  })
})

test('what a run has open stays whole while another one writes it anew', () => {
  const path = scratch()
  const cache = new CacheFolder(path, 1000, { isOwn: () => true, isCurrent: () => true })
  expect(cache.write('a', [Buffer.from('as it was')])).toBeUndefined()
  const file = openSync(join(path, 'a'), 'r')
  onTestFinished(() => closeSync(file))
  expect(cache.write('a', [Buffer.from('new')])).toBeUndefined()
  expect(readFileSync(file, 'utf8')).toBe('as it was')
  expect(cache.read('a')?.toString()).toBe('new')
})
