import { expect, it } from 'vitest'
import type { FormatOptions } from '../../src/report/format.ts'
import { packageFormats } from '../../src/report/packages.ts'
import { expectGolden } from './golden.ts'
import { sample } from './sample.ts'

const plain: FormatOptions = { width: 80, colour: false, top: 10, all: false }

it('lists packages with what layers made of them, removed ones, and what nobody owns', async () => {
  const table = await packageFormats.table()
  const text = table(sample, plain)
  expectGolden('packages-80.txt', text)
  expect(text).toContain('pip:torch 2.14.0 (layer 3) → 2.14.1 (layer 4)')
  expect(text.replace(/\s+/g, ' ')).toContain('dpkg:g++\\u202e 4:12.2.0-3 (layer 1) → removed (layer 2)')
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
})

it('sums up what it leaves out, and leaves out nothing with all', async () => {
  const table = await packageFormats.table()
  const [first] = sample.packages
  if (first === undefined) throw new Error('no package')
  const many = { ...sample, packages: Array.from({ length: 20 }, (_, at) => ({ ...first, name: `torch-${at}` })) }
  const text = table(many, { ...plain, top: 3 })
  expect(text).toMatch(/34\.0 GB +68\.0 MB +17 others/)
  expect(text).not.toContain('torch-3')
  expect(table(many, { ...plain, all: true })).toContain('torch-19')
})

it('says so where there is no package', async () => {
  const table = await packageFormats.table()
  expect(table({ ...sample, packages: [] }, plain)).toContain('none, as far as records of package managers tell')
})

it('gives the same as JSON', async () => {
  const json = await packageFormats.json()
  const { schemaVersion, tool, image, packages, unowned, budgets, notices } = sample
  expect(JSON.parse(json(sample))).toEqual({ schemaVersion, tool, image, packages, unowned, budgets, notices })
})
