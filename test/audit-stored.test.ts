import { randomBytes } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AuditOptions, audit } from '../src/audit.ts'
import { type Report, reportSchema } from '../src/report/schema.ts'
import { craneArchive, docker29Archive, Layout, legacyArchive } from './archive.ts'
import { expectBalanced } from './balance.ts'
import { noZstd, zstd } from './bytes/outcome.ts'
import { hardlink, image, type LayerData, layerTar } from './fixture.ts'
import { stack } from './random-stack.ts'
import { scratch } from './source/open.ts'

type Compress = (layer: Buffer) => Buffer

const gzip: Compress = layer => gzipSync(layer)

async function write(folder: string, layers: readonly LayerData[], compress: Compress = gzip): Promise<void> {
  const layout = new Layout()
  const tars = await Promise.all(layers.map(layerTar))
  layout.manifests.push(layout.image({ layers: tars }, compress))
  rmSync(join(folder, 'app'), { recursive: true, force: true })
  layout.write(join(folder, 'app'))
}

async function by(folder: string, options: Partial<AuditOptions> = {}, reference = 'app'): Promise<Report> {
  const found = await audit(reference, {
    env: {},
    cwd: folder,
    homedir: folder,
    stdin: Readable.from([]),
    platform: 'linux/amd64',
    ...options,
  })
  expectBalanced(found)
  expect(reportSchema.parse(found)).toEqual(found)
  return found
}

/** Nothing in it compresses. */
const { layers } = image(
  { add: { '/root/.cache/pip/http/a': randomBytes(900_000), '/opt/x': randomBytes(300_000) } },
  { add: { '/opt/y': randomBytes(200_000) }, remove: ['/opt/x'] },
)

/** What a report says of stored bytes. */
function stored({ blobs, savings, findings, causes }: Report) {
  return { blobs, savings: savings.stored, findings: findings.map(finding => finding.stored), causes }
}

function unknown(report: Report): boolean {
  const { blobs, savings, findings, causes } = stored(report)
  const costs = causes.map(cause => cause.stored)
  return blobs === null && savings === null && findings.some(one => one === null) && costs.some(cost => cost === null)
}

describe('stored bytes', () => {
  it('add up like all others, for any stack', async () => {
    const folder = scratch()
    await fc.assert(
      fc.asyncProperty(stack, fc.boolean(), async (layers, plain) => {
        await write(folder, layers, plain ? layer => layer : gzip)
        const report = await by(folder, { cache: false })
        expect(report.blobs).not.toBeNull()
        expect(report.savings.stored).not.toBeNull()
        // Where nothing is compressed, contents cost themselves, their headers and their padding.
        if (plain) expect(report.size.stored).toBe(report.size.unpacked - repeated(report))
      }),
      { numRuns: 60 },
    )
  })

  it('say what findings, paths and causes cost of a pull', async () => {
    const folder = scratch()
    await write(folder, layers)
    const { findings, savings, causes } = await by(folder)
    const cache = findings.find(({ rule }) => rule === 'pip-cache')
    for (const cost of [
      cache?.stored?.bytes,
      cache?.paths[0]?.stored,
      causes.find(c => c.cause === 'pip-cache')?.stored,
    ])
      expect(Math.abs(Number(cost) - 900_000)).toBeLessThan(9000)
    expect(Math.abs(Number(savings.stored?.safe) - 1_200_000)).toBeLessThan(12_000)
  })

  it('count a layer that stands twice once', async () => {
    const folder = scratch()
    const [first = {}] = layers
    await write(folder, [first, first])
    const report = await by(folder)
    expect(report.findings.find(({ rule }) => rule === 'pip-cache')?.bytes).toBe(1_800_000)
    expect(report.findings.find(({ rule }) => rule === 'pip-cache')?.stored?.bytes).toBeLessThan(910_000)
  })

  it('cost a content under several names once', async () => {
    const folder = scratch()
    const add = {
      '/root/.cache/pip/http/a': randomBytes(500_000),
      '/root/.cache/pip/http/b': hardlink('/root/.cache/pip/http/a'),
    }
    await write(folder, image({ add }).layers)
    const { findings, blobs } = await by(folder)
    expect(findings[0]?.stored).toEqual({ bytes: blobs?.contents, saves: blobs?.contents })
    expect(blobs?.empty).toBeGreaterThan(0)
  })

  it.skipIf(noZstd)('are kept for each blob of a layer, and never taken for those of another', async () => {
    const folder = scratch()
    await write(folder, layers)
    const first = await by(folder)
    const again = await by(folder)
    expect(again.layers.map(({ route }) => route)).toEqual(['cache', 'cache'])
    expect(stored(again)).toEqual(stored(first))

    await write(folder, layers, layer => zstd(layer))
    const other = await by(folder)
    expect(other.layers.map(({ route }) => route)).toEqual(['cache', 'cache'])
    expect(unknown(other)).toBe(true)
    expect(other.size.stored).not.toBeNull()
    expect(other.notices).toMatchObject([{ code: 'shares-unknown', message: expect.stringContaining('layers 0, 1') }])
    expect(other.notices[0]?.message).toContain('--verify')
    const verified = await by(folder, { verify: true })
    expect(verified.notices).toEqual([])
    const known = await by(folder)
    expect(known.layers.map(({ route }) => route)).toEqual(['cache', 'cache'])
    expect(stored(known)).toEqual(stored(verified))

    await write(folder, layers)
    expect(stored(await by(folder))).toEqual(stored(first))
  })

  it('are not known in part: one layer of which nobody knows makes its findings and all sums null', async () => {
    const folder = scratch()
    await write(folder, layers)
    const whole = await by(folder)
    const cache = join(folder, '.cache/imgaudit/layers')
    const shares = readdirSync(cache).filter(name => name.endsWith('.shares'))
    expect(shares).toHaveLength(2)
    for (const name of shares) {
      rmSync(join(cache, name))
      const report = await by(folder)
      expect(report.size.stored).toBe(whole.size.stored)
      expect(report.blobs).toBeNull()
      const missing = report.notices[0]?.message.includes('layer 0') ? 0 : 1
      expect(report.savings.stored === null).toBe(missing === 0)
      for (const finding of report.findings.filter(({ bytes }) => bytes > 0))
        expect(finding.stored === null, finding.rule).toBe(finding.layers.includes(missing))
      await by(folder, { verify: true })
    }
  })

  it('are known of an archive that passes, and of none whose layers are no blobs', async () => {
    const folder = scratch()
    const tars = await Promise.all(layers.map(layerTar))
    const parts = { layers: tars, name: 'app:1' }
    const piped = async (archive: Buffer) => by(folder, { stdin: Readable.from([archive]) }, '-')
    const passed = await piped(await docker29Archive(parts))
    expect(Math.abs(Number(passed.savings.stored?.safe) - 1_200_000)).toBeLessThan(12_000)
    expect((await piped(await craneArchive(parts))).blobs).not.toBeNull()
    const saved = await piped(await legacyArchive(parts))
    expect(saved.size.stored).toBeNull()
    expect(unknown(saved)).toBe(true)
    expect(saved.notices).toEqual([])
  })
})

/** Bytes of layers that have stood before. */
function repeated({ layers }: Report): number {
  return layers.reduce((sum, { diffId, size }, at) => {
    return layers.findIndex(layer => layer.diffId === diffId) < at ? sum + size.unpacked : sum
  }, 0)
}
