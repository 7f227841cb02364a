import { expect, it } from 'vitest'
import { archive, file } from '../../fixtures/tar/build.ts'
import { instruction } from '../../src/image/instruction.ts'
import { probeFor } from '../../src/probe/index.ts'
import { matcher } from '../../src/report/pattern.ts'
import { openImage } from '../../src/source/index.ts'
import { digest, json, legacyArchive, type Parts, tarOf } from '../archive.ts'
import { elf } from '../elf.ts'
import { pushed } from '../probe/read.ts'
import { auditArchive } from './audited.ts'
import { toldBy } from './damage.ts'
import { surroundings } from './surroundings.ts'

const types = 'application/vnd.oci.image'
const platform = { os: 'linux', architecture: 's390x' }
const descriptor = (mediaType: string, of: string, more: object = { platform }) => ({ mediaType, digest: of, ...more })
const blob = (bytes: Buffer) => [`blobs/${digest(bytes).replace(':', '/')}`, bytes] as const

function open(parts: Parts): Promise<string> {
  return tarOf(parts).then(bytes => toldBy(openImage('-', surroundings(bytes))))
}

it('an index of more manifests than a call takes arguments', { timeout: 60_000 }, async () => {
  const index = (from: number, count: number) =>
    json({
      schemaVersion: 2,
      manifests: Array.from({ length: count }, (_, at) =>
        descriptor(`${types}.manifest.v1+json`, `sha256:${String(from + at).padStart(64, '0')}`),
      ),
    })
  const inner = Array.from({ length: 7 }, (_, at) => index(at * 20_000, 20_000))
  const list = (blobs: readonly Buffer[]) =>
    json({ schemaVersion: 2, manifests: blobs.map(bytes => descriptor(`${types}.index.v1+json`, digest(bytes))) })
  const middle = list(inner)
  expect(await open([...inner.map(blob), blob(middle), ['index.json', list([middle])]])).toBe('BLOB_MISSING')
})

it('a large configuration that thousands of manifests name is read once', { timeout: 60_000 }, async () => {
  const config = json({ os: 'linux', architecture: 's390x', config: { Env: ['A=b'.repeat(1_000_000)] } })
  const manifests = Array.from({ length: 500 }, (_, at) =>
    json({ schemaVersion: 2, config: descriptor(`${types}.config.v1+json`, digest(config), {}), layers: [], at }),
  )
  const index = json({
    schemaVersion: 2,
    manifests: manifests.map(bytes =>
      descriptor(`${types}.manifest.v1+json`, digest(bytes), {
        annotations: { 'org.opencontainers.image.ref.name': 'a' },
      }),
    ),
  })
  const start = process.cpuUsage()
  expect(await open([blob(config), ...manifests.map(blob), ['index.json', index]])).toMatch(/^(?:\[|[A-Z_]+$)/)
  // Once takes 20 ms, each time 10 s.
  expect(process.cpuUsage(start).user).toBeLessThan(5e6)
})

it('thousands of toolkits, each with the same library, take linear time', { timeout: 120_000 }, async () => {
  const library = elf({ soname: 'libcudart.so.12' })
  const toolkits = Array.from({ length: 4000 }, (_, at) => file(`usr/local/cuda-${at}/lib64/libcudart.so.12`, library))
  const image = await legacyArchive({ layers: [archive(...toolkits)] })
  const start = process.cpuUsage()
  await auditArchive(image)
  // 5 s; each of them with each of the others, 25 s.
  expect(process.cpuUsage(start).user).toBeLessThan(12e6)
})

it.each([
  ['/var/lib/dpkg/status', 'Package: a\nStatus: install ok installed\nVersion: 1\nDepends: ', ','],
  ['/s/x.dist-info/RECORD', '"', '""'],
])('60 MB of what parts names take no more memory than they have bytes: %s', async (path, front, piece) => {
  const bytes = Buffer.concat([Buffer.from(front), Buffer.alloc(60e6, piece)])
  const probe = probeFor(path, bytes.length)
  if (probe === undefined) throw new Error(`nothing wants ${path}`)
  const start = process.cpuUsage()
  const before = process.resourceUsage().maxRSS
  const reader = pushed(probe, path, bytes, 1 << 20)
  await reader.end()
  // 0.3 s, and some copies of the bytes; as a list of names 5 to 13 s, and 1.3 to 2 GB.
  expect(process.cpuUsage(start).user).toBeLessThan(4e6)
  expect((process.resourceUsage().maxRSS - before) * 1024).toBeLessThan(600e6)
})

it('a list of words that nothing closes is read in linear time', () => {
  const start = process.cpuUsage()
  expect(instruction(`CMD ["${'\\"'.repeat(200_000)}]`)).toMatch(/^CMD /)
  // Milliseconds; from each quote to the end, a minute.
  expect(process.cpuUsage(start).user).toBeLessThan(4e6)
})

it('a pattern that is too long for a regular expression is refused', () => {
  expect(() => matcher('*/'.repeat(10_000))).toThrow(/is too long: 20000 characters/)
})
