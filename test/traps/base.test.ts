import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { archive, file } from '../../fixtures/tar/build.ts'
import { type AuditOptions, audit } from '../../src/audit.ts'
import { saved } from './ways.ts'

const layer = (path: string, bytes: number) => archive(file(path, 'x'.repeat(bytes)))
const cache = (at: number) => layer(`root/.cache/pip/http/${at}`, 10_000)
const below = [layer('etc/os-release', 20), cache(1), layer('usr/lib/x.so', 500)]
const own = [cache(2), layer('app/main.py', 90)]

const surroundings = { env: {}, cwd: '/', homedir: '/nowhere', stdin: Readable.from([]), cache: false }

async function bases(options: Partial<AuditOptions>) {
  return audit(await saved({ layers: [...below, ...own], name: 'app:1' }), { ...surroundings, ...options })
}

describe('a base of several layers', () => {
  it('is all of them, by their diff IDs: only what lies above is the user’s', async () => {
    const report = await bases({ base: await saved({ layers: below, name: 'base:1' }) })
    expect(report.layers.map(({ base }) => base)).toEqual([true, true, true, false, false])
    const caches = report.findings.filter(({ rule }) => rule === 'pip-cache')
    expect(caches.map(({ fix, verdict, bytes }) => [fix.layer, verdict, bytes])).toEqual([
      [1, 'check', 10_000],
      [3, 'safe', 10_000],
    ])
  })

  it('may be told by their number', async () => {
    expect((await bases({ baseLayers: 2 })).layers.map(({ base }) => base)).toEqual([true, true, false, false, false])
  })

  it('is no base where the first layers differ, or are too many', async () => {
    for (const layers of [[...below].reverse(), [...below, cache(9)], [...below, ...own, cache(9)]]) {
      const base = await saved({ layers, name: 'base:1' })
      await expect(bases({ base })).rejects.toMatchObject({ code: 'BASE_MISMATCH', exitCode: 2 })
    }
  })

  it('is called a guess where the image alone suggests it', async () => {
    const layers = [archive(file('etc/os-release', 'ID=debian\n'), file('root/.cache/pip/http/1', 'x'.repeat(10_000)))]
    const config = { history: [{ created_by: 'ADD rootfs.tar / # buildkit' }] }
    const reference = await saved({ layers, name: 'app:1', config })
    const reason = async (options: Partial<AuditOptions>) => {
      const { findings } = await audit(reference, { ...surroundings, ...options })
      return findings.find(({ rule }) => rule === 'pip-cache')?.because.at(-1)
    }
    const leaves = 'only another base image leaves it out'
    expect(await reason({})).toBe(`layer 0 came with FROM, as far as the image tells: ${leaves}`)
    expect(await reason({ baseLayers: 1 })).toBe(`layer 0 came with FROM: ${leaves}`)
    expect(await reason({ base: reference })).toBe(`layer 0 came with FROM: ${leaves}`)
  })

  it('is not guessed where nothing tells: null, which is neither', async () => {
    expect((await bases({})).layers.map(({ base }) => base)).toEqual([null, null, null, null, null])
  })
})
