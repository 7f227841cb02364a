import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SeekableBytes } from '../../src/bytes/bytes.ts'
import { openArchive } from '../../src/source/archive.ts'
import { openImage } from '../../src/source/index.ts'
import { hex, type ImageParts, json, Layout, layerTar, legacyArchive, podmanArchive, tarOf } from '../archive.ts'
import { noZstd, zstd } from '../bytes/outcome.ts'
import { type Damage, damaged, damagedView, everyBlock, sampled, toldBy } from './damage.ts'
import { archiveParts, digestOf, fileParts, holed } from './holed.ts'
import { packagesLayer } from './seeds.ts'
import { removeScratch, scratchFile, surroundings } from './surroundings.ts'

afterAll(removeScratch)

/** Two layers, with records, links, and contents that do not compress. */
async function parts(): Promise<ImageParts> {
  const noise = Buffer.from(Array.from({ length: 20_000 }, (_, at) => (at * at * 31 + (at >> 3)) & 0xff))
  return { name: 'app:1', layers: [await packagesLayer(), await layerTar({ 'opt/noise': noise, 'opt/.wh.x': '' })] }
}

async function layoutOf(compress: (layer: Buffer) => Buffer): Promise<Buffer> {
  const layout = new Layout()
  layout.manifests.push(layout.image(await parts(), compress))
  return tarOf(layout.parts())
}

const archives: readonly (readonly [what: string, write: () => Promise<Buffer>])[] = [
  ['docker save', async () => legacyArchive(await parts())],
  ['podman save', async () => podmanArchive(await parts())],
  ['an OCI archive with gzip', () => layoutOf(layer => gzipSync(layer))],
  ...(noZstd ? [] : [['an OCI archive with zstd', () => layoutOf(layer => zstd(layer))] as const]),
  ['docker save, compressed as a whole', async () => gzipSync(await legacyArchive(await parts()))],
]

/** Every byte of it passes, and every digest is checked. */
function passed(bytes: Buffer): Promise<string> {
  return toldBy(openImage('-', surroundings(bytes)))
}

function verified(bytes: Buffer): Promise<string> {
  return toldBy(openImage(scratchFile('damaged.tar', bytes), { ...surroundings(), verify: true }))
}

describe.each(archives)('%s with damage in every block', (_, write) => {
  let whole: Buffer
  let told: string

  beforeAll(async () => {
    whole = await write()
    told = await passed(whole)
  })

  it('says what it said whole, or one error', { timeout: 120_000 }, async () => {
    expect(told).toMatch(/^\[/)
    expect(whole.length).toBeLessThan(2 * 1024 * 1024)
    const outcomes = new Map<string, number>()
    for (const damage of everyBlock(whole.length)) {
      const bytes = damaged(whole, damage)
      const found = await (damage.at % 1024 === 0 ? verified(bytes) : passed(bytes))
      if (found !== told) expect(found, `${damage.kind} at ${damage.at}`).toMatch(/^[A-Z_]+$/)
      const outcome = found === told ? 'whole' : 'error'
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
    // Most bytes count: names of folders and times of the archive itself do not.
    expect(outcomes.get('error')).toBeGreaterThan((outcomes.get('whole') ?? 0) * 2)
  })
})

describe('a large archive', () => {
  const places = 1000
  let whole: SeekableBytes
  let middle: Damage

  // docker save of one layer with three files of 50 MB, and some small ones before and behind each.
  beforeAll(async () => {
    const small = Array.from({ length: 40 }, (_, at) => fileParts(`etc/${at}`, [Buffer.from(`${at}\n`.repeat(9))]))
    const large = ['a', 'b', 'c'].flatMap(name => [...small, fileParts(`opt/${name}.bin`, [50_000_000])])
    const layer = archiveParts(...large)
    const diffId = `sha256:${await digestOf(holed(layer))}`
    const config = json({ os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [diffId] } })
    const manifest = json([{ Config: `${hex(config)}.json`, RepoTags: ['app:1'], Layers: ['a/layer.tar'] }])
    whole = holed(
      archiveParts(
        fileParts(`${hex(config)}.json`, [config]),
        fileParts('a/layer.tar', layer),
        fileParts('manifest.json', [manifest]),
      ),
    )
    middle = { kind: 'flip', at: Math.floor(whole.size / 2) }
  })

  const open = (bytes: SeekableBytes, verify: boolean) =>
    toldBy(openArchive(bytes, { reference: 'large.tar' }, { ...surroundings(), verify }))

  it(`is sought over with damage at ${places} places: a result that nothing vouches for, or one error`, {
    timeout: 120_000,
  }, async () => {
    expect(whole.size).toBeGreaterThan(100e6)
    expect(await open(whole, false)).toContain('"verified":false')
    let errors = 0
    for (const damage of sampled(whole.size, places)) {
      const found = await open(damagedView(whole, damage), false)
      if (found.startsWith('[')) expect(found).toContain('"verified":false')
      else {
        expect(found, `${damage.kind} at ${damage.at}`).toMatch(/^[A-Z_]+$/)
        errors++
      }
    }
    // What is cut, but for the end marker.
    expect(errors).toBeGreaterThan(places / 3)
  })

  it('is never verified with damage', { timeout: 120_000 }, async () => {
    const told = await open(whole, true)
    expect(told).toContain('"verified":true')
    for (const damage of [...sampled(whole.size, 8), middle]) {
      const found = await open(damagedView(whole, damage), true)
      if (found !== told) expect(found, `${damage.kind} at ${damage.at}`).toMatch(/^[A-Z_]+$/)
    }
    expect(await open(damagedView(whole, middle), true)).toBe('DIGEST_MISMATCH')
  })
})
