import { describe, expect, it } from 'vitest'
import json from '../../src/report/json.ts'
import { expectGolden } from './golden.ts'
import { sample } from './sample.ts'

describe('json', () => {
  const text = json(sample)

  it('is the report itself', () => {
    expectGolden('report.json', text)
    expect(JSON.parse(text)).toEqual(sample)
  })

  it('is one clear error where it would be longer than a string can be', { timeout: 120_000 }, () => {
    const folders = Array.from({ length: 513 }, () => ({ path: 'x'.repeat(2 ** 20), bytes: 1, count: 1 }))
    expect(() => json({ ...sample, folders })).toThrow(expect.objectContaining({ code: 'OUTPUT_FAILED' }))
  })

  it('is UTF-8 that harms no terminal', () => {
    expect(Buffer.from(text).toString()).toBe(text)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/)
  })
})
