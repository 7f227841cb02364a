import { expect, it } from 'vitest'
import { SectionNames } from '../../../src/probe/binary/section-names.ts'

const table = Buffer.from('\0.text\0.symtab\0.shstrtab\0.strtab\0.debug_info\0', 'latin1')

it.each([1, 5, 11, 100, 4096, 5000, 100_000])('finds the table of names that passes in chunks of %i', size => {
  const bytes = Buffer.alloc(60_000, 0x2e)
  // Names of sections stand in strings too, before and after.
  bytes.write('.shstrtab', 9_000, 'latin1')
  table.copy(bytes, 20_000)
  bytes.write('.shstrtab', 50_000, 'latin1')
  const names = new SectionNames({ start: 1000, end: 58_000 })
  for (let at = 0; at < bytes.length; at += size) names.push(bytes.subarray(at, at + size), at)
  expect(names.table({ start: 20_000, end: 20_000 + table.length })).toEqual(table)
  expect(names.table({ start: 40_000, end: 40_000 + table.length })).toBeUndefined()
  expect(names.wanted).toBe(Infinity)
})

it('looks at nothing outside of its range', () => {
  const names = new SectionNames({ start: 1000, end: 2000 })
  names.push(Buffer.concat([table, Buffer.alloc(3000)]), 0)
  expect(names.table({ start: 0, end: table.length })).toBeUndefined()
})
