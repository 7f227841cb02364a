import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { budgetLine } from '../../src/report/budget-text.ts'
import { budgetsOf, wasteOf } from '../../src/report/budgets.ts'
import type { Limits } from '../../src/report/limits.ts'
import type { Report } from '../../src/report/schema.ts'
import { sample } from './sample.ts'

type Budget = Report['budgets'][number]

const { files } = sample.size
const waste = sample.savings.safe + sample.savings.check
const against = { image: sample.image, size: { ...sample.size, files: 6_000_000_000 } }

function budgets(limits: Limits, report: Report = { ...sample, against }): Budget[] {
  return budgetsOf(report, limits)
}

/** The sample with part of a rule's findings ignored. */
function ignoring(rule: string, saves: number, whole: boolean): Report {
  const findings = sample.findings.map(finding =>
    finding.rule === rule ? { ...finding, ignored: { saves, whole, reasons: ['wanted'] } } : finding,
  )
  return { ...sample, findings }
}

describe('budgets', () => {
  it('come in one order, whatever the order of limits', () => {
    const limits: Limits = {
      failOn: ['secrets', 'apt-lists', 'secrets'],
      causes: { 'pip:torch': { bytes: 1 }, '/opt/app': { bytes: 1 }, 'apt-lists': { bytes: 1 } },
      growth: { bytes: 1 },
      layer: { bytes: 1 },
      waste: { bytes: 1 },
      size: { bytes: 1 },
    }
    expect(budgets(limits).map(({ budget }) => budget)).toEqual([
      'size',
      'waste',
      'layer',
      'growth',
      'causes./opt/app',
      'causes.apt-lists',
      'causes.pip:torch',
      'failOn.apt-lists',
      'failOn.secrets',
    ])
  })

  it.each([
    ['size', { size: { bytes: files } }, files],
    ['waste', { waste: { bytes: waste } }, waste],
    ['layer', { layer: { bytes: 4_600_000_000 } }, 4_600_000_000],
    ['growth', { growth: { bytes: 389_134_567 } }, 389_134_567],
    ['causes.pip-cache', { causes: { 'pip-cache': { bytes: 1_300_000_000 } } }, 1_300_000_000],
    ['causes.pip:torch', { causes: { 'pip:torch': { bytes: 1_900_000_000 } } }, 1_900_000_000],
  ] as const)('%s is kept at its limit, and broken one byte above', (budget, limits: Limits, value) => {
    expect(budgets(limits)).toMatchObject([{ budget, limit: value, value, unit: 'bytes', share: null, ok: true }])
    const [name, rest] = budget.split('.')
    const less: Limits =
      rest === undefined ? { [String(name)]: { bytes: value - 1 } } : { causes: { [rest]: { bytes: value - 1 } } }
    expect(budgets(less)).toMatchObject([{ budget, limit: value - 1, value, ok: false }])
  })

  it('hold shares against the image, growth against what it is measured by', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), percent => {
        const share = percent / 100
        const limits: Limits = { waste: { share }, layer: { share }, growth: { share }, causes: { nsight: { share } } }
        for (const { budget, limit, value, ok, share: asked } of budgets(limits)) {
          expect(asked).toBe(share)
          expect(limit).toBe(Math.floor(share * (budget === 'growth' ? 6_000_000_000 : files)))
          expect(ok).toBe(value <= limit)
        }
      }),
    )
  })

  it('name every layer over the limit, largest first; else the largest', () => {
    const layers = (bytes: number) => budgets({ layer: { bytes } })[0]?.layers
    expect(layers(100_000_000)).toEqual([3, 4, 5, 1])
    expect(layers(750_000_000)).toEqual([3])
    expect(layers(9_000_000_000)).toEqual([3])
    expect(budgets({ layer: { bytes: 0 } }, { ...sample, layers: [] })).toMatchObject([
      { value: 0, layers: [], ok: true },
    ])
  })

  it('leave growth out where there is nothing to measure it against', () => {
    expect(budgets({ growth: { bytes: 1 } }, sample)).toEqual([])
  })

  it('let an image shrink', () => {
    const larger = { ...against, size: { ...against.size, files: files + 5 } }
    expect(budgets({ growth: { bytes: 0 } }, { ...sample, against: larger })).toMatchObject([{ value: -5, ok: true }])
  })

  it('take 0 for a cause that the image does not have', () => {
    expect(budgets({ causes: { nsight: { bytes: 0 }, 'pip:jax': { bytes: 0 } } })).toMatchObject([
      { budget: 'causes.nsight', value: 0, ok: true },
      { budget: 'causes.pip:jax', value: 0, ok: true },
    ])
  })

  it('count findings that are not kept, and not ignored whole', () => {
    const failOn = ['secrets', 'replaced-later', 'nsight']
    const rows = (report: Report) =>
      budgets({ failOn }, report).map(({ value, limit, unit, ok }) => [value, limit, unit, ok])
    const none = [0, 0, 'findings', true]
    expect(rows(sample)).toEqual([none, none, [1, 0, 'findings', false]])
    expect(rows(ignoring('secrets', 0, false))).toEqual([none, none, [1, 0, 'findings', false]])
    expect(rows(ignoring('secrets', 0, true))).toEqual([none, none, none])
  })

  it('leave out what is ignored: of waste, of its cause, of no other', () => {
    const report = ignoring('pip-cache', 1_000_000_000, false)
    expect(wasteOf(report)).toBe(waste - 1_000_000_000)
    const causes = { 'pip-cache': { bytes: 0 }, rewritten: { bytes: 0 } }
    expect(budgets({ size: { bytes: 0 }, waste: { bytes: 0 }, causes }, report).map(({ value }) => value)).toEqual([
      files,
      waste - 1_000_000_000,
      300_000_000,
      750_000_000,
    ])
  })
})

describe('the line of a budget', () => {
  const line = (limits: Limits, report?: Report) => budgets(limits, report).map(budgetLine)

  it.each([
    [{ size: { bytes: 7e9 } }, 'size is 6.39 GB, the limit is 7.00 GB'],
    [{ size: { bytes: 5e9 } }, 'size is 6.39 GB, the limit is 5.00 GB: 1.39 GB too much'],
    [
      { size: { bytes: 6_389_134_566 } },
      'size is 6,389,134,567 bytes, the limit is 6,389,134,566 bytes: 1 byte too much',
    ],
    [{ waste: { share: 0.1 } }, 'waste is 2.20 GB, the limit is 10 %, which is 639 MB: 1.56 GB too much'],
    [{ waste: { share: 0.345 } }, 'waste is 2.20 GB, the limit is 34.5 %, which is 2.20 GB'],
    [{ waste: { share: 0.07 } }, 'waste is 2.20 GB, the limit is 7 %, which is 447 MB: 1.76 GB too much'],
    [{ layer: { bytes: 5e9 } }, 'the largest layer, 3, is 4.60 GB, the limit is 5.00 GB'],
    [{ layer: { bytes: 2e9 } }, 'layer 3 is 4.60 GB, the limit is 2.00 GB: 2.60 GB too much'],
    [
      { layer: { bytes: 3e8 } },
      'layer 3 is 4.60 GB, the limit is 300 MB: 4.30 GB too much; layers 4, 5 are over it too',
    ],
    [{ growth: { share: 0.05 } }, 'growth is 389 MB, the limit is 5 %, which is 300 MB: 89.1 MB too much'],
    [{ causes: { 'pip-cache': { bytes: 0 } } }, 'pip-cache is 1.30 GB, the limit is 0 B: 1.30 GB too much'],
    [{ causes: { '/a\u202e': { bytes: 0 } } }, '/a\\u202e is 0 B, the limit is 0 B'],
    [{ failOn: ['secrets'] }, 'secrets has 1 finding, none is allowed'],
    [{ failOn: ['nsight'] }, 'nsight has no findings'],
  ] satisfies [Limits, string][])('%j', (limits, text) => {
    expect(line(limits)).toEqual([text])
  })

  it('says that an image shrank', () => {
    const smaller = { ...against, size: { ...against.size, files: files + 5_200_000 } }
    expect(line({ growth: { bytes: 2e8 } }, { ...sample, against: smaller })).toEqual([
      'growth is none, 5.20 MB less, the limit is 200 MB',
    ])
  })

  it('names the one other layer', () => {
    const [row] = budgets({ layer: { bytes: 1 } })
    if (row === undefined) throw new Error('no budget')
    expect(budgetLine({ ...row, layers: [3, 4] })).toMatch(/ too much; layer 4 is over it too$/)
  })
})
