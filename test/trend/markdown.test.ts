import { describe, expect, it } from 'vitest'
import type { FormatOptions } from '../../src/report/format.ts'
import markdown from '../../src/trend/markdown.ts'
import { trendOf } from '../../src/trend/trend.ts'
import { hostile } from '../compare/sample.ts'
import { expectGolden } from '../report/golden.ts'
import { sample } from '../report/sample.ts'
import { reportOf } from './reports.ts'

const options: FormatOptions = { width: 80, colour: false, top: 10, all: false }
const now = new Date('2026-06-15T12:00:00Z')
const policy = { limits: { size: { bytes: 7e9 }, growth: { share: 0.05 } }, ignore: [] }

const trend = trendOf(
  [
    reportOf(`registry.example.com/${hostile}:1`, '2025-12-01T00:00:00Z', [
      ['pip:torch', 'kept', 1_600_000_000],
      [`/srv/${hostile}`, 'kept', 700_000_000],
    ]),
    sample,
  ],
  policy,
  now,
  '0.1.0',
)

/** What is not in a code span (CommonMark 6.1: as many backticks at its end as at its beginning). */
function bare(text: string): string {
  return text.replace(/(?<!`)(`+)(?!`)(?:.*?[^`])\1(?!`)/g, 'CODE')
}

describe('the markdown of a trend', () => {
  it('begins with the verdict on the last image', () => {
    const text = markdown(trend, options)
    expectGolden('trend.md', text, 'trend')
    expect(text).toMatch(/^### ❌ Over budget: `nvidia-ml:latest`\n/)
  })

  it('has names in code spans alone, and as many cells in each row', () => {
    const text = bare(markdown(trend, { ...options, all: true }))
    expect(text).not.toMatch(/@|<|>|http|#12/)
    expect(markdown(trend, options)).not.toContain('\u001b')
    const tables = text.split('\n\n').filter(block => block.startsWith('|'))
    expect(tables).toHaveLength(2)
    for (const table of tables) {
      const cells = table.split('\n').map(line => line.replace(/\\\|/g, '').split('|').length)
      expect(new Set(cells).size).toBe(1)
    }
  })

  it('has room for the newest of many images, and says so', () => {
    const many = Array.from({ length: 50 }, (_, at) =>
      reportOf(`app:${at}`, `2026-01-01T00:${at + 10}:00Z`, [['a', 'kept', at]]),
    )
    const text = markdown(trendOf(many, { limits: {}, ignore: [] }, now, '0.1.0'), options)
    expect(text).toContain('| 40 others |  |  | +40 B |  |')
    expect(text).toContain('the newest 30 of 50 images')
    expect(text).toContain('| **from first to last** |  |  | **+49 B** |  |')
  })
})
