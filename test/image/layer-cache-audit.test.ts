import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { beforeEach, expect, it } from 'vitest'
import { type AuditOptions, audit } from '../../src/audit.ts'
import type { Report } from '../../src/report/schema.ts'
import { legacyArchive } from '../archive.ts'
import { image, layerTar } from '../fixture.ts'
import { wheel } from '../package.ts'
import { scratch } from '../source/open.ts'

const { layers } = image(
  {
    add: {
      '/a': 'a'.repeat(70_000),
      ...wheel('/usr/lib/python3/site-packages', 'torch', '2.4.0', { 'torch/a.py': 'a' }),
    },
  },
  { add: { '/a': 'a'.repeat(70_000), '/b': 'b' } },
)

let folder: string
let archive: string
let tars: readonly Buffer[]

beforeEach(async () => {
  folder = scratch()
  archive = join(folder, 'app.tar')
  tars = await Promise.all(layers.map(layerTar))
  writeFileSync(archive, await legacyArchive({ layers: tars, name: 'app:1' }))
})

function by(options: Partial<AuditOptions> = {}): Promise<Report> {
  return audit('app.tar', { env: {}, cwd: folder, homedir: folder, stdin: Readable.from([]), ...options })
}

/** Zeros in place of all that a layer holds behind its first header, which says that it is a tar. */
function wipe(): void {
  const bytes = readFileSync(archive)
  for (const tar of tars) bytes.fill(0, bytes.indexOf(tar) + 512, bytes.indexOf(tar) + tar.length)
  writeFileSync(archive, bytes)
}

function routes(report: Report): string[] {
  return report.layers.map(({ route }) => route)
}

it('a second audit reads no layer', async () => {
  const first = await by({ verify: true })
  wipe()
  const second = await by()
  expect(routes(second)).toEqual(['cache', 'cache'])
  // That the archive holds these layers nobody has checked this time.
  const layers = first.layers.map(layer => ({ ...layer, route: 'cache', verified: false }))
  expect(second).toEqual({ ...first, layers })
  expect(first.layers.map(({ verified }) => verified)).toEqual([true, true])
  expect(first.findings.map(({ rule }) => rule)).toContain('rewritten')
})

it('one layer that is new is read, the other is not', async () => {
  await by({ verify: true })
  const added = await layerTar({ add: { '/c': 'c' } })
  writeFileSync(archive, await legacyArchive({ layers: [...tars, added], name: 'app:2' }))
  wipe()
  expect(routes(await by())).toEqual(['cache', 'cache', 'seek'])
})

it('to verify is to read all anew', async () => {
  await by({ verify: true })
  wipe()
  await expect(by({ verify: true })).rejects.toMatchObject({ exitCode: 3 })
})

it('nothing is kept of an archive that was sought over, nor where that is not wanted', async () => {
  expect(routes(await by())).toEqual(['seek', 'seek'])
  await by({ verify: true, cache: false })
  expect(readdirSync(folder)).toEqual(['app.tar'])
})

it('says once that nothing can be kept, and audits', async () => {
  const expected = await by({ verify: true, cache: false })
  writeFileSync(join(folder, '.cache'), '')
  const report = await by({ verify: true })
  expect(report.notices).toEqual([
    {
      code: 'cache-unwritable',
      message: expect.stringMatching(
        /^the next audit reads layers again, for the cache .*\/imgaudit\/layers cannot be written: /,
      ),
    },
    ...expected.notices,
  ])
  expect({ ...report, notices: [] }).toEqual({ ...expected, notices: [] })
})
