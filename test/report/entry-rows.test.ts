import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { auditImage } from '../../src/audit.ts'
import { writeDemo } from '../../src/demo.ts'
import { audit } from '../../src/index.ts'
import { type EntryRow, entryJsonSchema, entrySchema } from '../../src/report/entry-schema.ts'
import type { Report } from '../../src/report/schema.ts'
import { type Fixture, hardlink, image, openFixture, same, symlink } from '../fixture.ts'
import { stack } from '../random-stack.ts'

const folder = new URL('../../fixtures/rule/', import.meta.url)
const names = (await readdir(folder)).filter(name => name.endsWith('.ts')).sort()

const isPublished = new Ajv2020({ strict: true }).compile(entryJsonSchema())

interface Known {
  readonly report: Report
  readonly rows: readonly EntryRow[]
}

async function rowsOf(fixture: Fixture): Promise<Known> {
  await using opened = await openFixture(fixture, 'seek')
  const { base, gpus } = fixture
  const rows: EntryRow[] = []
  const report = await auditImage(opened, {
    ...(base === undefined ? {} : { baseLayers: base }),
    ...(gpus === undefined ? {} : { gpu: gpus }),
    entries: async found => {
      rows.push(...found)
    },
  })
  return { report, rows }
}

/** Everything that a row says and a report says too. */
function expectBalanced({ report, rows }: Known): void {
  expect(rows.length).toBe(sum(report.layers.map(layer => layer.entries)))
  const causes = new Map<string, number>()
  for (const row of rows) {
    for (const { cause, kind, bytes } of row.causes) {
      expect(bytes, row.path).toBeGreaterThan(0)
      causes.set(`${kind} ${cause}`, (causes.get(`${kind} ${cause}`) ?? 0) + bytes)
    }
  }
  const wanted = report.causes.map(({ cause, kind, bytes }) => [`${kind} ${cause}`, bytes] as const)
  expect(causes).toEqual(new Map(wanted))
  expect(sum([...causes.values()])).toBe(report.size.files)
  for (const { index, size } of report.layers) {
    const own = rows.filter(row => row.layer === index)
    expect(sum(own.map(row => row.content)), `content of layer ${index}`).toBe(size.files)
    expect(sum(own.flatMap(row => row.causes.map(({ bytes }) => bytes))), `causes of layer ${index}`).toBe(size.files)
  }
  const shown = rows.filter(row => row.visible).map(row => row.path)
  expect(new Set(shown).size, 'a path is shown once').toBe(shown.length)
  const marker = (row: EntryRow) => row.kind === 'whiteout' || row.kind === 'opaque'
  for (const row of rows.filter(row => !marker(row))) {
    expect(row.hiddenBy === null, row.path).toBe(row.visible)
    expect(row.replaced === null, row.path).toBe(row.visible)
  }
}

describe('entry rows', () => {
  it('add up to every cause of the report, for any stack', async () => {
    await fc.assert(
      fc.asyncProperty(stack, async layers => expectBalanced(await rowsOf({ config: {}, layers }))),
      { numRuns: 150 },
    )
  })

  it.each(names)('add up to every cause of %s', async name => {
    const { default: fixture }: { default: Fixture } = await import(new URL(name, folder).href)
    const known = await rowsOf(fixture)
    expectBalanced(known)
    for (const row of known.rows) {
      expect(entrySchema.parse(row)).toEqual(row)
      expect(isPublished(row), JSON.stringify(isPublished.errors)).toBe(true)
    }
  })

  it('add up to every cause of the demo, part of a file by rule', async () => {
    const scratch = await mkdtemp(join(tmpdir(), 'imgaudit-entry-rows-'))
    const path = join(scratch, 'app.tar')
    await writeDemo(path)
    const rows: EntryRow[] = []
    const entries = async (found: Iterable<EntryRow>) => {
      rows.push(...found)
    }
    const report = await audit(path, { gpu: ['H100'], cache: false, entries })
    await rm(scratch, { recursive: true })
    expectBalanced({ report, rows })
    const shared = rows.filter(row => row.causes.length > 1)
    expect(shared.flatMap(row => row.causes.map(({ cause }) => cause))).toContain('unused-gpu-code')
  })

  it('say who wrote, who hides and who has a content, at the name that it hangs on', async () => {
    const { rows } = await rowsOf(
      image(
        { add: { '/opt/a/gone': 5000, '/opt/a/old': same('old', 300), '/opt/a/l': symlink('old') } },
        { remove: ['/opt/a/gone'], add: { '/opt/a/old': same('new', 200), '/opt/a/other': hardlink('/opt/a/old') } },
        { remove: ['/opt/a/old'] },
      ),
    )
    const said = rows.map(({ layer, path, kind, content, visible, hiddenBy, replaced, target, causes }) => {
      const why = causes.map(({ cause, bytes }) => `${cause} ${bytes}`).join()
      return [layer, path, kind, content, visible, hiddenBy, replaced, target, why]
    })
    expect(said).toEqual([
      [0, '/opt/a/gone', 'file', 5000, false, 1, false, null, 'removed-later 5000'],
      [0, '/opt/a/old', 'file', 300, false, 1, true, null, 'replaced-later 300'],
      [0, '/opt/a/l', 'symlink', 3, true, null, null, 'old', '/opt/a 3'],
      [1, '/opt/a/gone', 'whiteout', 0, false, null, null, null, ''],
      [1, '/opt/a/old', 'file', 200, false, 2, false, null, ''],
      [1, '/opt/a/other', 'hardlink', 0, true, null, null, '/opt/a/old', '/opt/a 200'],
      [2, '/opt/a/old', 'whiteout', 0, false, null, null, null, ''],
    ])
  })
})

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
