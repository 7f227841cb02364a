import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { legacyArchive } from '../archive.ts'
import { layerTar } from '../fixture.ts'
import { scratch } from '../source/open.ts'
import { imgaudit as run } from './imgaudit.ts'

let home: string
let folder: string

beforeEach(async () => {
  home = scratch()
  folder = join(home, '.cache/imgaudit/layers')
  const layers = await Promise.all([{ add: { '/a': 'a' } }, { add: { '/b': 'b' } }].map(layerTar))
  writeFileSync(join(home, 'app.tar'), await legacyArchive({ layers, name: 'app:1' }))
})

function imgaudit(...argv: readonly string[]) {
  return run(home, argv, { homedir: home })
}

describe('imgaudit cache', () => {
  it('says that there is nothing yet, and makes no folder', async () => {
    expect(await imgaudit('cache')).toEqual({
      code: 0,
      stdout: `${folder}

  layers                                   0
  bytes            0 B                     0
  limit        1.07 GB         1,073,741,824
  oldest use                           never
  newest use                           never

  imgaudit cache clear empties it.
`,
      stderr: '',
    })
    expect(existsSync(folder)).toBe(false)
  })

  it('says what there is', async () => {
    expect((await imgaudit('app.tar', '--verify')).code).toBe(0)
    const { code, stdout } = await imgaudit('cache')
    expect(code).toBe(0)
    const today = new Date().toISOString().slice(0, 10)
    expect(stdout).toMatch(/^ {2}layers +2$/m)
    expect(stdout).toMatch(/^ {2}bytes +[\d.]+ kB +\d,\d{3}$/m)
    for (const use of ['oldest', 'newest'])
      expect(stdout).toMatch(new RegExp(`^ {2}${use} use +${today} \\d\\d:\\d\\d UTC$`, 'm'))
    for (const line of stdout.split('\n')) if (line !== folder) expect(line.length, line).toBeLessThanOrEqual(80)
  })

  it('clear empties it, and leaves what is not its own', async () => {
    await imgaudit('app.tar', '--verify')
    writeFileSync(join(folder, 'notes.txt'), '')
    const { code, stdout, stderr } = await imgaudit('cache', 'clear')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^\S+: 2 files removed, \d,\d{3} bytes freed\n$/)
    expect(readdirSync(folder)).toEqual(['notes.txt'])
    expect(await imgaudit('cache', 'clear')).toEqual({ code: 0, stdout: `${folder} is empty\n`, stderr: '' })
  })

  it.each([[['cache']], [['cache', 'clear']]])('%j ends with 2 where the folder is none', async argv => {
    mkdirSync(join(home, '.cache/imgaudit'), { recursive: true })
    writeFileSync(folder, '')
    const { code, stdout, stderr } = await imgaudit(...argv)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(
      /^error: the cache \S+ cannot be (read|emptied): not a directory \(CACHE_FAILED\)\n {2}fix: .+\n$/,
    )
  })

  it('knows no other word', async () => {
    const { code, stderr } = await imgaudit('cache', 'clera')
    expect(code).toBe(2)
    expect(stderr).toMatch(/^error: .+ \(USAGE\)\n {2}fix: .+\n$/)
  })
})

describe('an audit', () => {
  it('reads the cache, unless told not to', async () => {
    const routes = async (...argv: readonly string[]) => {
      const { stdout } = await imgaudit('app.tar', '-f', 'json', ...argv)
      return JSON.parse(stdout).layers.map(({ route }: { readonly route: string }) => route)
    }
    expect(await routes('--verify', '--no-cache')).toEqual(['stream', 'stream'])
    expect(existsSync(folder)).toBe(false)
    expect(await routes('--verify')).toEqual(['stream', 'stream'])
    expect(await routes()).toEqual(['cache', 'cache'])
    expect(await routes('--no-cache')).toEqual(['seek', 'seek'])
  })

  it('is told of engines what to leave alone', async () => {
    const { code, stdout } = await imgaudit('app.tar', '--no-layer-store', '--namespace', 'moby', '-f', 'json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout).image.reference).toBe('app.tar')
  })
})
