import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { auditImage } from '../src/audit.ts'
import { compare } from '../src/compare/compare.ts'
import { comparisonSchema } from '../src/compare/schema.ts'
import { type Report, reportSchema } from '../src/report/schema.ts'
import { rules } from '../src/rule/index.ts'
import { schemas } from '../src/schemas.ts'
import { trendSchema } from '../src/trend/schema.ts'
import { trendOf } from '../src/trend/trend.ts'
import { expectBalanced } from './balance.ts'
import { expectComparisonBalanced } from './compare/balance.ts'
import { type Fixture, openFixture } from './fixture.ts'
import { sample } from './report/sample.ts'

const { exports }: { readonly exports: Readonly<Record<string, unknown>> } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
)
/** Formats are a vocabulary of their own, which ajv leaves to others. */
const formats = { date: /^\d{4}-\d{2}-\d{2}$/ }
const published = new Map(
  Object.entries(schemas()).map(([name, schema]) => [name, new Ajv2020({ formats }).compile(schema)]),
)
const policy = { limits: { size: { bytes: 1000 }, growth: { share: 0.1 } }, ignore: [], now: new Date(0) }

/** It is what the published schema says, and has no field that the schema does not know. */
function expectKept(name: string, schema: z.ZodType, document: object): void {
  const validate = published.get(name)
  validate?.(JSON.parse(JSON.stringify(document)))
  expect(validate?.errors, name).toBeNull()
  expect(schema.parse(document)).toEqual(document)
}

async function fixtureOf(rule: string): Promise<Report> {
  const { default: fixture }: { readonly default: Fixture } = await import(`../fixtures/rule/${rule}.ts`)
  await using image = await openFixture(fixture, 'seek')
  return auditImage(image)
}

describe('the published schemas', () => {
  it('are strict about themselves', () => {
    for (const schema of Object.values(schemas()))
      new Ajv2020({ strict: true, allowUnionTypes: true, formats }).compile(schema)
    const exported = Object.keys(exports).filter(name => name.endsWith('.schema.json'))
    expect(
      Object.keys(schemas())
        .map(name => `./${name}`)
        .sort(),
    ).toEqual(exported.sort())
  })

  it('hold for every fixture, for what changed between two of them, and for all of them as a trend', async () => {
    const reports: Report[] = []
    for (const { id } of rules) {
      const report = await fixtureOf(id)
      expectBalanced(report)
      expectKept('report.schema.json', reportSchema, report)
      const before = reports.at(-1)
      reports.push(report)
      if (before === undefined) continue
      const comparison = compare({ report: before }, { report }, policy, '0.0.0')
      expectComparisonBalanced(comparison)
      expectKept('comparison.schema.json', comparisonSchema, comparison)
    }
    expectKept('trend.schema.json', trendSchema, trendOf(reports, policy, policy.now, '0.0.0'))
  })

  it.each([
    ['a field less', { ...sample, causes: undefined }],
    ['another version', { ...sample, schemaVersion: 2 }],
    ['part of a byte', { ...sample, savings: { ...sample.savings, safe: 0.5 } }],
  ])('refuse %s', (_, report) => {
    expect(published.get('report.schema.json')?.(JSON.parse(JSON.stringify(report)))).toBe(false)
  })

  it('let a field pass that a later version adds', () => {
    expect(published.get('report.schema.json')?.({ ...sample, more: 1 })).toBe(true)
    expect(reportSchema.parse({ ...sample, more: 1 })).toEqual(sample)
  })
})
