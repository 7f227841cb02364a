import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { configurationJsonSchema, configurationSchema, keysBelow } from '../../src/config/schema.ts'
import { template } from '../../src/config/template.ts'

const uncommented = template.replace(/^( *)#(?=[^\s#])/gm, '$1')

/** Every key of a document, however deep. */
function keysOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.values(value).flatMap(keysOf)
  return Array.isArray(value) ? inner : [...Object.keys(value), ...inner]
}

const schema = configurationJsonSchema()
const validate = new Ajv2020({ allowUnionTypes: true, formats: { date: /^\d{4}-\d\d-\d\d$/ } }).compile(schema)

describe.each([
  ['as it is', template],
  ['with its examples', uncommented],
])('the template, %s', (_, text) => {
  it('is a configuration', () => {
    expect(configurationSchema.safeParse(parse(text)).error?.issues).toBeUndefined()
  })

  it('keeps the published schema', () => {
    validate(parse(text))
    expect(validate.errors).toBeNull()
  })

  it('fits 80 columns', () => {
    expect(text.split('\n').filter(line => line.length > 80)).toEqual([])
  })
})

describe('the template', () => {
  it('shows every key', () => {
    const shown = new Set(keysOf(parse(uncommented)))
    expect(
      Object.values(keysBelow)
        .flat()
        .filter(key => !shown.has(key)),
    ).toEqual([])
  })

  it('has no more lines without examples than with them', () => {
    expect(uncommented).not.toBe(template)
    expect(parse(template)).toEqual({ budgets: null, failOn: ['secrets'], ignore: null, gpu: null, images: null })
  })
})
