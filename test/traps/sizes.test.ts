import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { archive, file } from '../../fixtures/tar/build.ts'
import { exactText } from '../../src/report/size-text.ts'
import { Layout, named } from '../archive.ts'
import { imgaudit } from '../cli/imgaudit.ts'
import { bytesOf } from '../fixture.ts'
import { scratch } from '../source/open.ts'
import { saved } from './ways.ts'

const layers = [
  archive(file('lib.so', bytesOf(40_000, 'lib')), file('stub', Buffer.alloc(500_000))),
  archive(file('lib.so', bytesOf(41_000, 'new')), file('empty', '')),
]
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
const files = 40_000 + 500_000 + 41_000
const unpacked = sum(layers.map(layer => layer.length))
const stored = sum(layers.map(layer => gzipSync(layer).length))

/** Two platforms in one layout: what it weighs on the disk is no size of either image. */
function twoPlatforms(): string {
  const layout = new Layout()
  const images = ['amd64', 'arm64'].map(architecture => layout.image({ layers, architecture }))
  layout.manifests.push(named(layout.index(images), 'app:1'))
  const path = join(scratch(), 'layout')
  layout.write(path)
  return path
}

const options = ['--platform', 'linux/amd64', '--no-cache']

describe('a size', () => {
  it('is three or four, each with its name and all of its digits', async () => {
    const { code, stdout } = await imgaudit('/', [twoPlatforms(), ...options])
    expect(code).toBe(0)
    for (const [name, bytes] of Object.entries({ files, unpacked, stored, hidden: 40_000 })) {
      expect(stdout).toMatch(new RegExp(`^ +\\d\\S* [kM]?B +${exactText(bytes)} +${name} `, 'm'))
    }
  })

  it('stands under its name in JSON, and nowhere without one', async () => {
    const { stdout } = await imgaudit('/', [twoPlatforms(), '--format', 'json', ...options])
    const report = JSON.parse(stdout)
    expect(report.size).toEqual({ files, unpacked, stored, hidden: 40_000 })
    const keys = new Set<string>()
    JSON.stringify(report, (key, value: unknown) => {
      keys.add(key)
      return value
    })
    // `size` is only ever the name of all four.
    expect(typeof report.size).toBe('object')
    expect([...keys].filter(key => /^(?:total|virtualSize|compressed|Size)$/.test(key))).toEqual([])
  })

  it('of blobs is not known of an archive that holds none, and is then not made up', async () => {
    const { stdout } = await imgaudit('/', [await saved({ layers, name: 'app:1' }), '--format', 'json', ...options])
    expect(JSON.parse(stdout).size).toEqual({ files, unpacked, stored: null, hidden: 40_000 })
    const table = await imgaudit('/', [await saved({ layers, name: 'app:1' }), ...options])
    expect(table.stdout).not.toMatch(/ stored /)
  })

  it('of a pull counts a blob once, however often its layer stands in the image', async () => {
    const [layer = Buffer.alloc(0)] = layers
    const layout = new Layout()
    layout.manifests.push(named(layout.image({ layers: [layer, layer] }), 'app:1'))
    const path = join(scratch(), 'layout')
    layout.write(path)
    const { stdout } = await imgaudit('/', [path, '--format', 'json', ...options])
    expect(JSON.parse(stdout).size).toMatchObject({ files: 2 * 540_000, stored: gzipSync(layer).length })
  })
})
