import fc from 'fast-check'
import { expect, it } from 'vitest'
import { auditImage } from '../../src/audit.ts'
import { liveTree } from '../../src/compare/live-tree.ts'
import { reportTree } from '../../src/compare/report-tree.ts'
import { kinds } from '../../src/compare/size-tree.ts'
import { Filesystem } from '../../src/image/filesystem.ts'
import { openFixture } from '../fixture.ts'
import { stack } from '../random-stack.ts'
import { sample } from '../report/sample.ts'

it('tells of paths what the image has there, and bounds what it does not tell, for any stack', async () => {
  await fc.assert(
    fc.asyncProperty(stack, async layers => {
      await using image = await openFixture({ config: {}, layers })
      const report = await auditImage(image)
      const live = liveTree(new Filesystem(image.layers))
      const stored = reportTree(report)
      expect(live.bytes[0]).toBe(report.size.files - report.size.hidden)
      expect(stored.bytes[0]).toBe(live.bytes[0])
      for (let node = 1; node < live.paths.size; node++) {
        if (live.kinds[node] === kinds.absent) continue
        const bytes = live.bytes[node] ?? 0
        const path = live.paths.path(node)
        const told = stored.paths.find(path)
        // At most a thousandth of the image is not told.
        if (told === undefined) expect(bytes * 1000, path).toBeLessThanOrEqual(bytes === 0 ? 0 : report.size.files - 1)
        else expect([stored.kinds[told], stored.bytes[told]], path).toEqual([live.kinds[node], bytes])
        const around = stored.paths.find(live.paths.path(live.paths.parent(node)))
        if (told === undefined && around !== undefined) expect(bytes).toBeLessThanOrEqual(stored.unlisted(around))
      }
    }),
    { numRuns: 100 },
  )
})

it('leaves nothing open in a folder whose bytes are all told', () => {
  const size = { files: 10_001, unpacked: 0, stored: null, hidden: 1 }
  const folders = [
    { path: '/', bytes: 10_000, count: 3 },
    { path: '/a', bytes: 7_995, count: 2 },
  ]
  const tree = reportTree({ size, folders, files: [{ path: '/a/x', bytes: 7_995 }] })
  const unlisted = (path: string) => tree.unlisted(tree.paths.find(path) ?? -1)
  expect(unlisted('/a')).toBe(0)
  // 2005 bytes are left, of which none makes a thousandth of 10,001.
  expect(unlisted('/')).toBe(10)
})

it('takes a report that nobody balanced as it is', () => {
  const folders = ['', 'x', '/', '//', '/a/', '/b/c/d', '/f'].map(path => ({ path, bytes: 900, count: 1 }))
  const files = ['/f/y', '', '/', '/z'].map(path => ({ path, bytes: 800 }))
  const tree = reportTree({ ...sample, size: { files: 1000, unpacked: 0, stored: null, hidden: 100 }, folders, files })
  expect(tree.bytes[0]).toBe(900)
  expect(tree.bytes[tree.paths.find('/b') ?? -1]).toBe(900)
  expect(tree.kinds[tree.paths.find('/f') ?? -1]).toBe(kinds.folder)
  for (let node = 0; node < tree.paths.size; node++) expect(tree.unlisted(node)).toBeGreaterThanOrEqual(0)
})

it('has a root alone where the image shows nothing', () => {
  const tree = reportTree({ size: { files: 0, unpacked: 0, stored: null, hidden: 0 }, folders: [], files: [] })
  expect([tree.paths.size, tree.bytes[0], tree.unlisted(0)]).toEqual([1, 0, 0])
})
