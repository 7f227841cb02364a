import fc from 'fast-check'
import { expect, it } from 'vitest'
import { auditImage } from '../../src/audit.ts'
import type { Report } from '../../src/report/schema.ts'
import { file, hardlink, image, type LayerData, openFixture } from '../fixture.ts'
import { stack } from '../random-stack.ts'

async function reportOf(layers: readonly LayerData[]): Promise<Report> {
  await using opened = await openFixture({ config: {}, layers })
  return auditImage(opened)
}

it('lists contents of a thousandth of the image and more, hidden bytes of it included', async () => {
  const { layers } = image(
    { add: { '/big': 900_000, '/just': 1000, '/under': 999, '/hidden': 98_001 } },
    { remove: ['/hidden'] },
  )
  const report = await reportOf(layers)
  expect(report.size.files).toBe(1_000_000)
  expect(report.files).toEqual([
    { path: '/big', bytes: 900_000 },
    { path: '/just', bytes: 1000 },
  ])
})

it('names a content once, by the first name that the image shows', async () => {
  const { layers } = image(
    { add: { '/a': file(5000), '/b': hardlink('/a'), '/c': hardlink('/a') } },
    { remove: ['/a'] },
  )
  expect((await reportOf(layers)).files).toEqual([{ path: '/b', bytes: 5000 }])
})

it('lists every folder around a file, with as many bytes at least, for any stack', async () => {
  await fc.assert(
    fc.asyncProperty(stack, async layers => {
      const { files, folders, size } = await reportOf(layers)
      const bytesOf = new Map(folders.map(({ path, bytes }) => [path, bytes]))
      for (const { path, bytes } of files) {
        for (let at = path; at !== '/'; ) {
          at = at.slice(0, at.lastIndexOf('/')) || '/'
          expect(bytesOf.get(at) ?? 0, `${at} around ${path}`).toBeGreaterThanOrEqual(bytes)
        }
      }
      const told = files.reduce((sum, { bytes }) => sum + bytes, 0)
      expect(told).toBeLessThanOrEqual(size.files - size.hidden)
    }),
    { numRuns: 60 },
  )
})
