import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { FormatOptions } from '../../src/report/format.ts'
import type { Report } from '../../src/report/schema.ts'
import table from '../../src/trend/table.ts'
import { trendOf } from '../../src/trend/trend.ts'
import { expectGolden } from '../report/golden.ts'
import { sample } from '../report/sample.ts'
import { reportOf } from './reports.ts'

const plain: FormatOptions = { width: 80, colour: false, top: 10, all: false }

/** Columns that a line takes in a terminal; of the samples' characters only Chinese ones are wide. */
function columns(line: string): number {
  return line.replace(/[\u4e00-\u9fff]/g, 'xx').length
}

function trend(reports: readonly Report[]) {
  const limits = { size: { bytes: 7e9 }, growth: { share: 0.05 } }
  return trendOf(reports, { limits, ignore: [] }, new Date('2026-06-15T12:00:00Z'), '0.1.0')
}

const hostile = '\u202eevil\u001b[2J\n\u009b31m模型'.repeat(4)

/** Three images with names that would harm a terminal, of which the last is the sample. */
const few = trend([
  reportOf(`registry.example.com/${hostile}:1`, '2025-11-01T00:00:00Z', [
    ['pip:torch', 'kept', 1_600_000_000],
    ['cuda-static-libs', 'waste', 2_850_000_000],
    [`/srv/${hostile}`, 'kept', 70_000_000],
  ]),
  reportOf('nvidia-ml:2', '2025-12-01T00:00:00Z', [
    ['pip:torch', 'kept', 1_700_000_000],
    ['pip-cache', 'waste', 900_000_000],
    ['apt-lists', 'waste', 38_000_000],
  ]),
  sample,
])

const many = trend(
  Array.from({ length: 40 }, (_, at) =>
    reportOf(`app:${at}`, `2026-01-01T00:${at + 10}:00Z`, [
      ['pip:torch', 'kept', 1e9 + at * 1e7],
      ['/opt/app', 'kept', at % 5 === 0 ? 0 : 5e8],
    ]),
  ),
)

describe('the table of a trend', () => {
  it.each([80, 120])('fits %d columns', width => {
    const text = table(few, { ...plain, width })
    expectGolden(`table-${width}.txt`, text, 'trend')
    for (const line of text.split('\n')) expect(columns(line), line).toBeLessThanOrEqual(width)
  })

  it.each([70, 80, 120, 160])('shows as many of the newest images as fit %d columns, and says so', width => {
    const text = table(many, { ...plain, width })
    for (const line of text.split('\n')) expect(columns(line), line).toBeLessThanOrEqual(width)
    const bars = /([·▁▂▃▄▅▆▇█]+) +all files/.exec(text)?.[1] ?? ''
    expect(text).toContain(bars.length < 40 ? `the newest ${bars.length} of 40` : 'trend: each image')
    expect(bars.length).toBeGreaterThanOrEqual(5)
  })

  it('shows the first image and the newest, and sums up what lies between', () => {
    const text = table(many, plain)
    const listed = [...text.matchAll(/app:(\d+)$/gm)].map(match => match[1])
    expect(listed).toEqual(['0', '31', '32', '33', '34', '35', '36', '37', '38', '39'])
    expect(text).toContain('30 others')
    expect([...table(many, { ...plain, all: true }).matchAll(/app:(\d+)$/gm)]).toHaveLength(40)
  })

  it('sums up the causes that it does not show, but shows one that is gone', () => {
    const text = table(few, { ...plain, top: 3 })
    expect(text).toMatch(/2\.85 GB +0 B +-2\.85 GB +█·· +cuda-static-libs/)
    expect(text).toMatch(/1\.60 GB +1\.90 GB +\+300 MB +▇██ +pip:torch/)
    expect(text).toMatch(/70\.0 MB +3\.19 GB +\+3\.12 GB +▁▁█ +11 others/)
    expect(text).toMatch(/4\.52 GB +6\.39 GB +\+1\.87 GB +▆▄█ +all files/)
    expect(text).toContain('+1,869,134,567 bytes from first to last')
  })

  it('colours nothing but what it prints without colours', () => {
    const coloured = table(few, { ...plain, colour: true })
    expect(coloured).toContain('\u001b[1m')
    expect(stripVTControlCharacters(coloured)).toBe(table(few, plain))
  })

  it('prints no name that could harm a terminal', () => {
    const text = table(few, { ...plain, all: true })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\ud800-\udfff]/)
    expect(text).toContain('\\u202eevil')
  })

  it('says how images are ordered', () => {
    expect(table(few, plain)).toContain('IMAGES  3, by when they were made')
    expect(table({ ...few, order: 'given' }, plain)).toContain('IMAGES  3, in the order named')
  })
})
