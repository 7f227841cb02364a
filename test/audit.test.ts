import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { auditImage } from '../src/audit.ts'
import { audit } from '../src/index.ts'
import { judge } from '../src/report/judge.ts'
import { type Report, reportSchema } from '../src/report/schema.ts'
import { expectBalanced } from './balance.ts'
import { type Fixture, image, openFixture, same, waste } from './fixture.ts'
import { stack } from './random-stack.ts'

async function auditFixture(fixture: Fixture, route: 'stream' | 'seek' = 'stream'): Promise<Report> {
  await using opened = await openFixture(fixture, route)
  const report = await auditImage(opened)
  expectBalanced(report)
  expect(reportSchema.parse(report)).toEqual(report)
  return report
}

/** What two ways of reading may differ in. */
function withoutRoute(report: Report) {
  const { layers, ...rest } = report
  return { ...rest, layers: layers.map(({ route, verified, ...layer }) => layer) }
}

describe('the report', () => {
  it('adds up, and is the same by both ways of reading, for any stack', async () => {
    await fc.assert(
      fc.asyncProperty(stack, async layers => {
        const streamed = await auditFixture({ config: {}, layers }, 'stream')
        const sought = await auditFixture({ config: {}, layers }, 'seek')
        expect(withoutRoute(streamed)).toEqual(withoutRoute(sought))
      }),
      { numRuns: 300 },
    )
  })

  it('claims all that is hidden, or names who keeps it', async () => {
    const report = await auditFixture(
      image(
        { run: 'COPY app /opt/app', add: { '/opt/app/old': 5000, '/opt/app/own': same('own', 7000) } },
        { run: 'RUN chown -R app /opt/app', add: { '/opt/app/own': waste('rewritten', same('own', 7000)) } },
        { run: 'RUN rm /opt/app/old', remove: ['/opt/app/old'] },
      ),
    )
    expect(report.size).toEqual({ files: 19_000, unpacked: report.size.unpacked, stored: null, hidden: 12_000 })
    expect(report.causes).toEqual([
      { cause: '/opt/app', kind: 'kept', bytes: 7000, stored: null },
      { cause: 'rewritten', kind: 'waste', bytes: 7000, stored: null },
      { cause: 'removed-later', kind: 'waste', bytes: 5000, stored: null },
    ])
    expect(report.savings).toEqual({ safe: 12_000, check: 0, after: 7000, stored: null })
  })

  it('finds the same layer twice to be a repetition', async () => {
    const add = { '/opt/x': same('x', 1000), '/opt/y': same('y', 500) }
    const report = await auditFixture(image({ add }, { add }))
    expect(report.size.files).toBe(3000)
    expect(report.findings.map(({ rule, saves, layers }) => ({ rule, saves, layers }))).toContainEqual({
      rule: 'rewritten',
      saves: 1500,
      layers: [1],
    })
  })
})

it('names the folder where all of a layer lies, and a file that lies there alone', async () => {
  const report = await auditFixture(
    image(
      { run: 'COPY wheels /srv/wheels', add: { '/srv/wheels/a/1.whl': 1000, '/srv/wheels/b/2.whl': 500 } },
      { run: 'COPY a.whl /tmp/a.whl', add: { '/tmp/a.whl': 300 } },
      { run: 'RUN rm -r /srv/wheels /tmp/a.whl', remove: ['/srv/wheels', '/tmp/a.whl'] },
    ),
  )
  const rows = report.findings.flatMap(({ paths }) => paths.map(({ path, kind, bytes }) => [path, kind, bytes]))
  expect(rows).toEqual(
    expect.arrayContaining([
      ['/srv/wheels', 'folder', 1500],
      ['/tmp/a.whl', 'file', 300],
    ]),
  )
  const wanted = { rule: 'wheels-left', path: '/srv/wheels/**', reason: 'wanted' }
  const judged = judge(report, { limits: {}, ignore: [wanted], now: new Date(0) })
  expect(judged.findings.filter(({ ignored }) => ignored?.whole).map(({ bytes }) => bytes)).toEqual([1500])
})

it('tells of a GPU that it does not know before it opens anything', async () => {
  await expect(audit('nothing-of-this-name:1', { gpu: ['NoSuchGpu'] })).rejects.toMatchObject({ code: 'USAGE' })
})
