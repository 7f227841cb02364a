import { describe, expect, it } from 'vitest'
import { type Judging, judge } from '../../src/report/judge.ts'
import type { Policy } from '../../src/report/limits.ts'
import { type Report, reportSchema } from '../../src/report/schema.ts'
import table from '../../src/report/table.ts'
import { expectBalanced } from '../balance.ts'
import { expectGolden } from './golden.ts'
import { sample } from './sample.ts'

const now = new Date('2026-06-15T12:00:00Z')
const nothing: Judging = { limits: {}, ignore: [], now }

function from(created: string | null, image: Partial<Report['image']> = {}): Report {
  const other = { ...sample.image, reference: 'app:0', id: `sha256:${'cd'.repeat(32)}`, created, ...image }
  return { ...sample, image: other, size: { ...sample.size, files: 6_000_000_000 } }
}

/** What is told of the judgement alone. */
function told(report: Report): (readonly [string, string])[] {
  return report.notices
    .filter(({ code }) => /^(baseline|ignore)-/.test(code))
    .map(({ code, message }) => [code, message] as const)
}

const policy: Policy = {
  limits: { waste: { bytes: 5e8 }, causes: { 'pip-cache': { bytes: 0 } }, growth: { bytes: 0 }, failOn: ['root-user'] },
  ignore: [
    { rule: 'pip-cache', path: '/root/.cache/pip', reason: 'a' },
    { rule: 'root-user', reason: 'b' },
    { rule: 'nsight', reason: 'c' },
    { rule: 'rewritten', reason: 'd', until: '2026-01-01' },
  ],
}

describe('a judgement', () => {
  it('by nothing changes nothing but what an earlier one said', () => {
    expect(judge(sample, nothing)).toEqual({ ...sample, budgets: [] })
  })

  it('forgets the one before it', () => {
    const once = judge(sample, { ...policy, against: from('2025-01-01'), now })
    expect(once.budgets).toHaveLength(4)
    expect(told(once).map(([code]) => code)).toEqual(['baseline-old', 'ignore-expired', 'ignore-unused'])
    expect(judge(once, nothing)).toEqual(judge(sample, nothing))
    expect(judge(once, { ...policy, against: from('2025-01-01'), now })).toEqual(once)
  })

  it('leaves a report that keeps its schema and its sums, and what it was given as it was', () => {
    const before = structuredClone(sample)
    const judged = judge(sample, { ...policy, against: from('2025-01-01'), now })
    expect(sample).toEqual(before)
    expect(reportSchema.parse(judged)).toEqual(judged)
    expectBalanced(judged)
  })

  it('says what growth was measured against', () => {
    const before = from('2026-01-01T00:00:00Z')
    const judged = judge(sample, { ...nothing, limits: { growth: { bytes: 1e9 } }, against: before })
    expect(judged.against).toEqual({ image: before.image, size: before.size })
    expect(judged.budgets).toMatchObject([{ budget: 'growth', value: sample.size.files - 6_000_000_000, ok: true }])
    expect(told(judged)).toEqual([])
  })
})

describe('the baseline', () => {
  const growth = { growth: { bytes: 1e9 } }
  const notices = (against: Report | null | undefined, report = sample) =>
    told(judge(report, { ...nothing, limits: growth, against }))

  it('that was not to be had leaves growth unjudged, and says how to make one', () => {
    const judged = judge(sample, { ...nothing, limits: growth, against: null })
    expect(judged).toMatchObject({ against: null, budgets: [] })
    expect(told(judged)).toEqual([
      [
        'baseline-missing',
        'growth was not judged, since what it is measured against is not there: store the report of an earlier image ' +
          'with imgaudit <image> -o report.json, and name it with --against report.json',
      ],
    ])
    expect(told(judge(sample, { ...nothing, against: null }))).toHaveLength(1)
  })

  it('that was not named leaves growth unjudged, which is told where there is a limit', () => {
    expect(notices(undefined)).toEqual([
      ['baseline-none', 'growth was not judged, since nothing to measure it against was named: --against report.json'],
    ])
    expect(told(judge(sample, nothing))).toEqual([])
  })

  it.each([
    ['the same image', from('2020-01-01', { id: sample.image.id, platform: 'linux/arm64' }), 'baseline-same'],
    ['another platform', from('2026-01-01T00:00:00Z', { platform: 'linux/arm64' }), 'baseline-platform'],
    ['one of later', from('2026-01-03T00:00:00Z'), 'baseline-newer'],
    ['one of 31 days before', from('2025-12-02T03:04:05.123456789Z'), 'baseline-old'],
    ['one of 30 days before', from('2025-12-03T03:04:05Z'), undefined],
    ['one of the same second', from('2026-01-02T03:04:05Z'), undefined],
    ['one without a date', from(null), undefined],
    ['one whose date is no date', from('yesterday'), undefined],
    ['a reproducible build', from('1970-01-01T00:00:00Z'), undefined],
    ['a build of the first day of zip', from('1980-01-01T00:00:01Z'), undefined],
  ])('is %s', (_, against, code) => {
    expect(notices(against).map(([code]) => code)).toEqual(code === undefined ? [] : [code])
  })

  it('is not judged by its date where this image has none', () => {
    for (const created of [null, '1970-01-01T00:00:00Z'])
      expect(notices(from('2026-01-03'), { ...sample, image: { ...sample.image, created } })).toEqual([])
  })

  it('that is newer, or old, is named with its day', () => {
    expect(notices(from('2026-01-03T00:00:00Z'))).toEqual([
      [
        'baseline-newer',
        'growth is measured against app:0, which was made on 2026-01-03, after this image of 2026-01-02: the branch is ' +
          'behind; take the report of the merge base',
      ],
    ])
    expect(notices(from('2025-11-01T00:00:00Z'))).toEqual([
      [
        'baseline-old',
        'growth is measured against app:0, which was made on 2025-11-01, 62 days before this image: store a newer report',
      ],
    ])
  })

  it('without a limit of growth is nobody’s concern', () => {
    expect(told(judge(sample, { ...nothing, against: from('2025-11-01') }))).toEqual([])
  })
})

describe('the table', () => {
  it('shows budgets, and what is ignored in a part of its own', () => {
    const judged = judge(sample, { ...policy, against: from('2025-01-01'), now })
    const text = table(judged, { width: 80, colour: false, top: 10, all: false })
    expectGolden('table-judged.txt', text)
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
    const remarks = text.slice(text.indexOf('WORTH A LOOK'), text.indexOf('IGNORED'))
    expect(remarks).not.toContain('root-user')
  })

  it('has nothing to change where all waste is ignored', () => {
    const rules = new Set(sample.findings.map(({ rule }) => rule))
    const ignore = [...rules].map(rule => ({ rule, reason: 'all is wanted' }))
    const text = table(judge(sample, { ...nothing, ignore }), { width: 80, colour: false, top: 10, all: false })
    expect(text).toContain('\nAll waste that was found is ignored: there is nothing to change.\n')
    expect(text).not.toContain('WHAT TO CHANGE')
    expect(text).toContain('34 % of files, 2.20 GB of it ignored')
  })

  it('has no part for ignores where nothing is ignored', () => {
    expect(table(sample, { width: 80, colour: false, top: 10, all: false })).not.toContain('IGNORED')
  })
})
