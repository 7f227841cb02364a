import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { FormatOptions } from '../../src/report/format.ts'
import table from '../../src/report/table.ts'
import { expectBalanced } from '../balance.ts'
import { expectGolden } from './golden.ts'
import { sample } from './sample.ts'

const plain: FormatOptions = { width: 80, colour: false, top: 10, all: false }

/** Columns that a line takes in a terminal; of the sample's characters only Chinese ones are wide. */
function columns(line: string): number {
  return line.replace(/[\u4e00-\u9fff]/g, 'xx').length
}

describe('table', () => {
  it('is drawn from a report that is balanced', () => {
    expectBalanced(sample)
  })

  it.each([80, 120])('fits %d columns', width => {
    const text = table(sample, { ...plain, width })
    expectGolden(`table-${width}.txt`, text)
    for (const line of text.split('\n')) expect(columns(line), line).toBeLessThanOrEqual(width)
  })

  it('shows every path with all', () => {
    expectGolden('table-all.txt', table(sample, { ...plain, all: true }))
  })

  it('makes one action of all that came with FROM, and leaves its instructions alone', () => {
    const text = table(sample, plain)
    expect(text).toContain('what FROM (layer 1) brought:')
    expect(text.match(/\+ FROM a base image/g)).toHaveLength(1)
    expect(text).not.toContain('- RUN apt-get update')
  })

  it('shows the largest paths of a finding that names none', () => {
    const findings = sample.findings.map(finding =>
      finding.rule === 'pip-cache' ? { ...finding, message: 'what pip downloaded' } : finding,
    )
    expect(table(sample, plain)).not.toContain('/root/.cache/pip/  1.30 GB')
    expect(table({ ...sample, findings }, plain)).toContain('/root/.cache/pip/  1.30 GB, 47 files')
  })

  it('shows the first rows with top, and sums up the others', () => {
    const text = table(sample, { ...plain, top: 2 })
    expect(text).toContain('3 more changes would save')
    expect(text).toMatch(/\d others/)
  })

  it('colours nothing but what it prints without colours', () => {
    const coloured = table(sample, { ...plain, colour: true })
    expect(coloured).toContain('\u001b[1m')
    expect(stripVTControlCharacters(coloured)).toBe(table(sample, plain))
  })

  it('prints no name that could harm a terminal', () => {
    const text = table(sample, { ...plain, all: true })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\ud800-\udfff]/)
    expect(text).toContain('\\u202emodel\\u001b[2J')
    expect(text).toContain('\\xff\\u009b31mpip')
  })

  it('says how to judge GPU code where no GPU was named', () => {
    const gpuCode = sample.gpuCode.map(row => ({ ...row, gpus: null, unused: null }))
    const text = table({ ...sample, gpuCode }, plain)
    expect(text).toContain('GPU CODE  474,300,000 bytes in libraries, by architecture')
    expect(text).toMatch(/272 MB +12 {2}sm_90 +machine code/)
    expect(text).toContain('--gpu H100,L4 says what of it these GPUs cannot load')
    expect(table(sample, plain)).not.toContain('--gpu H100,L4')
    expect(table({ ...sample, gpuCode: [] }, plain)).not.toContain('GPU CODE')
  })

  it('says so when there is nothing to say', () => {
    const clean = table(
      {
        ...sample,
        findings: [],
        causes: [{ cause: '/opt/app', kind: 'kept', bytes: sample.size.files, stored: null }],
        savings: { safe: 0, check: 0, after: sample.size.files, stored: null },
        blobs: null,
        budgets: [],
        notices: [],
      },
      plain,
    )
    expect(clean).toContain('0  waste     0 % of files')
    expect(clean).not.toContain('WHAT TO CHANGE')
    expect(clean).toContain('No waste was found')
  })
})
