import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import json from '../../src/report/json.ts'
import { jsonSchema } from '../../src/report/json-schema.ts'
import { reportSchema } from '../../src/report/schema.ts'
import { expectGolden } from './golden.ts'
import { sample } from './sample.ts'

describe('json', () => {
  const text = json(sample)

  it('is the report itself', () => {
    expectGolden('report.json', text)
    expect(JSON.parse(text)).toEqual(sample)
  })

  it('is UTF-8 that harms no terminal', () => {
    expect(Buffer.from(text).toString()).toBe(text)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/)
  })
})

describe('JSON Schema', () => {
  const validate = new Ajv2020({ strict: true }).compile(jsonSchema())

  it('describes a report', () => {
    validate(JSON.parse(json(sample)))
    expect(validate.errors).toBeNull()
    expect(reportSchema.parse(sample)).toEqual(sample)
  })

  it.each([
    ['a field more', { ...sample, more: 1 }],
    ['a field less', { ...sample, causes: undefined }],
    ['another version', { ...sample, schemaVersion: 2 }],
    ['part of a byte', { ...sample, savings: { ...sample.savings, safe: 0.5 } }],
  ])('refuses %s', (_, report) => {
    expect(validate(JSON.parse(JSON.stringify(report)))).toBe(false)
  })
})
