import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { audit } from '../../src/audit.ts'
import type { Report } from '../../src/report/schema.ts'
import { layerTar, legacyArchive } from '../archive.ts'
import { expectBalanced } from '../balance.ts'
import { missing } from '../bytes/tools.ts'
import { scratch } from '../source/open.ts'

const noSkopeo = missing('skopeo')

/** Text as there is in an image: our own sources. */
const text = readFileSync(fileURLToPath(new URL('../../package-lock.json', import.meta.url)))
const large = randomBytes(40_000_000)

async function pushed(folder: string, name: string, files: Record<string, Buffer>, format: string): Promise<Report> {
  const archive = join(folder, `${name}.tar`)
  writeFileSync(archive, await legacyArchive({ layers: [await layerTar(files)], name: `${name}:1` }))
  const args = ['--insecure-policy', 'copy', '-q', '--dest-compress', '--dest-compress-format', format]
  const { status, stderr } = spawnSync('skopeo', [...args, `docker-archive:${archive}`, `oci:${join(folder, name)}`])
  expect(status, String(stderr)).toBe(0)
  const report = await audit(name, { env: {}, cwd: folder, homedir: folder, stdin: Readable.from([]), cache: false })
  expectBalanced(report)
  return report
}

/** The blob of an image is smaller by what was said of a file when that file is not in it. */
it.skipIf(noSkopeo).each(['gzip', 'zstd'])(
  'what a file costs of a pull is what the blob loses without it: %s',
  async format => {
    const folder = scratch()
    const others = { 'etc/a': text, 'usr/share/b': text }
    const before = await pushed(folder, 'before', { ...others, 'srv/model/weights.bin': large }, format)
    const after = await pushed(folder, 'after', others, format)
    const predicted = before.causes.find(({ cause }) => cause === '/srv/model')?.stored ?? Number.NaN
    const real = Number(before.size.stored) - Number(after.size.stored)
    expect(Math.abs(predicted - real) / real).toBeLessThan(0.01)
  },
)
