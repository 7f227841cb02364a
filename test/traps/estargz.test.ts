import { describe, expect, it } from 'vitest'
import { archive, file } from '../../fixtures/tar/build.ts'
import { auditImage } from '../../src/audit.ts'
import { Filesystem } from '../../src/image/filesystem.ts'
import { docker29Archive, type ImageParts } from '../archive.ts'
import { expectBalanced } from '../balance.ts'
import { open, openPiped } from '../source/open.ts'
import { estargz, folder as folderEntry, landmark } from './estargz.ts'
import { audited, folder, shown } from './ways.ts'

const none = landmark('.no.prefetch.landmark')
const first = landmark('.prefetch.landmark')
const stargz = [
  estargz(none, folderEntry('app'), file('app/README.md', 'x'.repeat(11_189))),
  estargz(first, file('app/main.py', 'print(1)'), file('app/data', 'y'.repeat(3000))),
  estargz(none, file('app/main.py', 'print(2)')),
]
const parts: ImageParts = { layers: stargz.map(({ layer }) => layer), name: 'app:1' }
const compress = (layer: Buffer) => stargz.find(each => each.layer === layer)?.blob ?? layer

async function reports() {
  const options = { platform: 'linux/amd64' }
  const images = [
    await open(folder(parts, compress), options),
    await openPiped(await docker29Archive(parts, compress), options),
  ]
  return Promise.all(images.map(async image => ({ image, report: await auditImage(image) })))
}

describe('a layer for lazy pulling', () => {
  it('has a table of contents behind its end, which is no file of the image and part of its size', async () => {
    for (const { image, report } of await reports()) {
      expectBalanced(report)
      expect(Object.keys(shown({ report, filesystem: new Filesystem(image.layers), rows: [] }))).not.toContain(
        '/stargz.index.json',
      )
      expect(
        report.layers.map(({ entries, verified, size }) => [entries, verified, size.unpacked, size.stored]),
      ).toEqual(stargz.map(({ layer, blob }, at) => [[3, 3, 2][at], true, layer.length, blob.length]))
      expect(report.blobs?.rest).toBeGreaterThan(0)
    }
  })

  it('has landmarks: the format’s own, which no instruction wrote or could write once', async () => {
    const { report } = await audited(parts.layers)
    expect(report.size.hidden).toBe('print(1)'.length + 1)
    const claimed = report.findings.flatMap(({ paths }) => paths.map(({ path }) => path))
    expect(claimed).toEqual(['/app/main.py'])
    expect(report.savings.safe).toBe('print(1)'.length)
  })
})

describe('a layer that has its table of contents as a file, as converters leave it in front of the end', () => {
  it('hides that of the layer below, which nobody can write once: it is kept, and named', async () => {
    const layers = [3000, 500, 700].map((size, at) =>
      archive(file(`app${at}`, 'x'), file('stargz.index.json', '{'.repeat(size))),
    )
    const { report } = await audited(layers)
    expect(report.size.hidden).toBe(3500)
    expect(report.savings).toMatchObject({ safe: 0, check: 0 })
    const told = report.findings.filter(({ rule }) => rule === 'replaced-later')
    expect(told.map(({ verdict, bytes, message }) => [verdict, bytes, message])).toEqual([
      ['keep', 3000, '/stargz.index.json of layer 0: what lazy pulling reads of it, as layer 1 has its own'],
      ['keep', 500, '/stargz.index.json of layer 1: what lazy pulling reads of it, as layer 2 has its own'],
    ])
  })
})

describe('what follows the end of a tar', () => {
  it('is another tar, as cat makes one: it counts, and its files are none of the image', async () => {
    const [one, two] = [archive(file('a', 'x'.repeat(100))), archive(file('b', 'y'.repeat(5000)))]
    const image = await audited([Buffer.concat([one, two])])
    expect(shown(image)).toEqual({ '/a': 0 })
    expect(image.report.size).toMatchObject({ files: 100, unpacked: one.length + two.length })
  })

  it('is junk, or zeros up to a full record: it counts, and is nothing else', async () => {
    const one = archive(file('a', 'x'))
    for (const tail of [Buffer.alloc(8192), Buffer.from('junk'.repeat(200))]) {
      const image = await audited([Buffer.concat([one, tail])])
      expect(image.report.size).toMatchObject({ files: 1, unpacked: one.length + tail.length })
      expect(image.report.notices).toEqual([])
    }
  })
})
