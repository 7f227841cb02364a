import { randomBytes } from 'node:crypto'
import { appendFileSync, readdirSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { audit, auditImage } from '../../src/audit.ts'
import { ImgauditError } from '../../src/error.ts'
import type { Report } from '../../src/report/schema.ts'
import { openImage } from '../../src/source/index.ts'
import { Layout, layerTar, legacyArchive } from '../archive.ts'
import { comparable } from '../real/comparable.ts'
import { auditOptions, openOptions } from '../real/open-options.ts'
import { driverEngine } from '../source/docker-store-engine.ts'
import { scratch } from '../source/open.ts'

let layers: Buffer[]
let archive: Buffer

beforeAll(async () => {
  const noise = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`usr/lib/${at}`, randomBytes(100_000)]))
  layers = [await layerTar({ 'etc/os-release': 'ID=debian\n' }), await layerTar(noise)]
  archive = await legacyArchive({ layers, name: 'app:1' })
})

/** When reading has come so far, in bytes; 0: when the layers are begun. */
type Moment = number

/** Audits something that changes once while it is read. Fails where it had not changed by the end. */
async function auditing(
  reference: string,
  moment: Moment,
  change: () => void,
  more: Parameters<typeof auditOptions>[0] = {},
) {
  let read = 0
  let changed = false
  const step = (bytes: number) => {
    read += bytes
    if (changed || read < moment) return
    changed = true
    change()
  }
  const progress = { begin: () => step(0), advance: step, end: () => undefined }
  const outcome = await audit(reference, auditOptions({ progress, ...more })).then(
    report => report,
    (error: unknown) => error,
  )
  expect(changed, 'it changed while it was read').toBe(true)
  return outcome
}

/** An OCI layout, and the path of its largest blob. */
function layout(): { readonly folder: string; readonly blob: string } {
  const folder = scratch()
  const written = new Layout()
  written.manifests.push(written.image({ layers }))
  written.write(folder)
  const blobs = readdirSync(join(folder, 'blobs/sha256')).map(name => join(folder, 'blobs/sha256', name))
  const [blob = ''] = blobs.sort((a, b) => statSync(b).size - statSync(a).size)
  return { folder, blob }
}

const plain = () => archive
const gzipped = () => gzipSync(archive, { level: 1 })

describe('an archive on disk, while it is read,', () => {
  const place = (bytes: Buffer) => {
    const path = join(scratch(), 'app.tar')
    writeFileSync(path, bytes)
    return path
  }
  const cases = [
    ['plain, its headers alone', plain, {}, 0],
    ['plain, every byte', plain, { verify: true }, 0],
    ['plain, every byte, in the middle', plain, { verify: true }, 1_500_000],
    ['gzip', gzipped, {}, 0],
    ['gzip, in the middle', gzipped, {}, 1_500_000],
  ] as const

  test.each(cases)('becomes shorter: %s', async (_, bytes, more, moment) => {
    for (const left of [0, 10_000, statSync(place(bytes())).size - 1_000_000]) {
      const path = place(bytes())
      const outcome = await auditing(path, moment, () => truncateSync(path, left), more)
      if (!(outcome instanceof ImgauditError)) throw outcome
      expect(outcome).toMatchObject({ code: 'ARCHIVE_TRUNCATED', exitCode: 3 })
    }
  })

  test.each(cases)('grows, or another takes its place: what was opened is read: %s', async (_, bytes, more, moment) => {
    const changes: ((path: string) => void)[] = [
      path => appendFileSync(path, randomBytes(50_000)),
      path => rmSync(path),
      path => {
        writeFileSync(`${path}.new`, 'no image')
        renameSync(`${path}.new`, path)
      },
    ]
    for (const change of changes) {
      const path = place(bytes())
      const expected = await audit(path, auditOptions(more))
      expect(await auditing(path, moment, () => change(path), more)).toEqual(expected)
    }
  })

  test('is written over: what is checked differs', async () => {
    const path = place(plain())
    const overwrite = () => writeFileSync(path, Buffer.alloc(archive.length, 'x'), { flag: 'r+' })
    const outcome = await auditing(path, 1_500_000, overwrite, { verify: true })
    expect(outcome).toBeInstanceOf(ImgauditError)
    expect(['DIGEST_MISMATCH', 'CHECKSUM_WRONG', 'ARCHIVE_INVALID']).toContain((outcome as ImgauditError).code)
  })
})

describe('a blob of an OCI layout, while it is read,', () => {
  test('becomes shorter', async () => {
    for (const moment of [0, 1_500_000]) {
      const { folder, blob } = layout()
      const outcome = await auditing(`oci:${folder}`, moment, () => truncateSync(blob, 9_000))
      expect(outcome).toMatchObject({ code: 'ARCHIVE_TRUNCATED', exitCode: 3 })
    }
  })

  test('is removed, with all the others: what was opened is read', async () => {
    const { folder } = layout()
    const expected = await audit(`oci:${folder}`, auditOptions())
    const outcome = await auditing(`oci:${folder}`, 0, () => rmSync(folder, { recursive: true }))
    expect(outcome).toEqual(expected)
  })

  test('becomes another one', async () => {
    for (const moment of [0, 1_500_000]) {
      const { folder, blob } = layout()
      const { size } = statSync(blob)
      const outcome = await auditing(`oci:${folder}`, moment, () =>
        writeFileSync(blob, randomBytes(size), { flag: 'r+' }),
      )
      expect(outcome).toBeInstanceOf(ImgauditError)
    }
  })
})

describe("an engine's folder of a layer, while it is read,", () => {
  // dpkg's records are read, and what has the same size twice.
  const files = { 'etc/os-release': 'ID=debian\n', 'var/lib/dpkg/status': 'Package: a\n', 'opt/a': 'x'.repeat(90_000) }
  const copies = { 'opt/b': 'x'.repeat(90_000) }

  test.each([
    ['goes', (folder: string) => rmSync(folder, { recursive: true })],
    ['loses a file', (folder: string) => rmSync(join(folder, 'var/lib/dpkg/status'))],
    ['has a shorter file', (folder: string) => truncateSync(join(folder, 'var/lib/dpkg/status'), 3)],
  ])('%s: the export says the same', async (_, change) => {
    const { env, folders } = await driverEngine([files, copies])
    const expected = await audit('docker:app:1', auditOptions({ env, layerStore: false }))
    const outcome = await auditing('docker:app:1', 0, () => change(folders[0] ?? ''), { env })
    if (outcome instanceof Error) throw outcome
    const { notices, ...report } = comparable(outcome as Report) as Report
    expect({ ...report, notices: [] }).toEqual({ ...(comparable(expected) as Report), notices: [] })
    expect(notices.map(({ code }) => code)).toContain('layer-store-unread')
  })

  test('goes where there is no other way: an error', async () => {
    const { env, folders } = await driverEngine([files, copies], { exports: false })
    const outcome = await auditing('docker:app:1', 0, () => rmSync(folders[0] ?? '', { recursive: true }), { env })
    expect(outcome).toMatchObject({ exitCode: 3 })
  })

  test('goes when the image is open, and two files that may be equal must be looked at: an error', async () => {
    const { env, folders } = await driverEngine([files, copies])
    const image = await openImage('docker:app:1', openOptions({ env }))
    for (const folder of folders) rmSync(folder, { recursive: true })
    await expect(auditImage(image)).rejects.toMatchObject({ code: 'STORE_UNREADABLE', exitCode: 3 })
    await image[Symbol.asyncDispose]()
  })
})
