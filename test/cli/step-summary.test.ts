import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stepSummary } from '../../src/cli/step-summary.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imgaudit-summary-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** The summary after a report was added to what is there already. */
async function summaryAfter(before: string | undefined, markdown: string): Promise<string> {
  const file = join(folder, 'summary.md')
  if (before !== undefined) await writeFile(file, before)
  const add = await stepSummary({ GITHUB_STEP_SUMMARY: 'summary.md' }, folder)
  await add?.(markdown)
  return readFile(file, 'utf8')
}

const mebibyte = 2 ** 20

describe('the summary of a step', () => {
  it('is none where GitHub asks for none', async () => {
    expect(await stepSummary({}, folder)).toBeUndefined()
    expect(await stepSummary({ GITHUB_STEP_SUMMARY: '' }, folder)).toBeUndefined()
  })

  it('is a file that is made, or added to behind an empty line', async () => {
    expect(await summaryAfter(undefined, '# app\n')).toBe('# app\n')
    expect(await summaryAfter('| a table |', '# app\n')).toBe('| a table |\n\n# app\n')
  })

  it('stays within what GitHub shows, and says what is left out for that', async () => {
    const exact = await summaryAfter('a'.repeat(mebibyte - 8), '# app\n')
    expect(exact).toHaveLength(mebibyte)
    const full = await summaryAfter('a'.repeat(mebibyte - 500), 'ü'.repeat(250))
    expect(full).toMatch(/^a+\n\n_The report of imgaudit is left out: [^\n]*_\n$/)
    expect(await summaryAfter('a'.repeat(mebibyte - 7), '# app\n')).toHaveLength(mebibyte - 7)
  })

  it('ends with an error where it cannot be written', async () => {
    const add = await stepSummary({ GITHUB_STEP_SUMMARY: 'no-such-folder/summary.md' }, folder)
    await expect(add?.('# app\n')).rejects.toMatchObject({ code: 'OUTPUT_FAILED' })
  })
})
