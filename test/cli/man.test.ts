import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { missing } from '../bytes/tools.ts'
import { imgaudit } from './imgaudit.ts'

const { code, stdout: page } = await imgaudit('.', ['man'])
const { stdout: help } = await imgaudit('.', ['--help'])

const overstruck = new RegExp(`.${String.fromCharCode(8)}`, 'g')

/** The page as a person reads it, each paragraph on one line. */
function read(program: string, ...argv: readonly string[]): string {
  const { stdout, stderr } = spawnSync(program, argv, { input: page, encoding: 'utf8' })
  expect(stderr).toBe('')
  // Overstruck letters are bold or underlined.
  return stdout.replaceAll(overstruck, '').replace(/\n(?! *$)\s+/gm, ' ')
}

/** `-f, --format <names>` */
const terms = [...help.matchAll(/^ {2}(-.+?)(?: {2}|$)/gm)].map(match => match[1] ?? '')
const commands = [...help.matchAll(/^ {2}([a-z]+(?: <\S+)*) {2,}\S/gm)].map(match => match[1] ?? '')

describe('the man page', () => {
  it('has its sections, in the order of man-pages(7)', () => {
    expect(code).toBe(0)
    expect([...page.matchAll(/^\.SH "(.+)"$/gm)].map(match => match[1])).toEqual([
      ...['NAME', 'SYNOPSIS', 'DESCRIPTION', 'COMMANDS', 'OPTIONS', 'EXIT STATUS', 'ENVIRONMENT', 'FILES'],
      ...['EXAMPLES', 'SEE ALSO'],
    ])
  })

  it('is the same every time: no date, no name of a machine', async () => {
    expect((await imgaudit('/', ['man'], { env: { HOME: '/x' } })).stdout).toBe(page)
    expect(page).not.toMatch(/20\d\d-/)
  })

  it('is plain ASCII, with hyphens that can be copied', () => {
    expect(page).toMatch(/^[\n\x20-\x7e]*$/)
    const text = page.split('\n').filter(line => !/^\.(?:TH|SH|SS)/.test(line))
    for (const line of text) expect(line).not.toMatch(/(?<!\\)-/)
  })

  it.skipIf(missing('mandoc'))('has nothing that mandoc would warn of but that it has no date', () => {
    const { stdout } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning'], { input: page, encoding: 'utf8' })
    expect(stdout.split('\n').filter(line => line !== '' && !line.includes('missing date'))).toEqual([])
  })

  it.skipIf(missing('groff'))('has nothing that groff would warn of', () => {
    const { stderr } = spawnSync('groff', ['-man', '-ww', '-K', 'utf8', '-T', 'utf8', '-Z'], {
      input: page,
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
  })

  it.skipIf(missing('mandoc'))('has every option and every command of --help', () => {
    expect(terms.length).toBeGreaterThanOrEqual(30)
    expect(commands).toContain('compare <before> <after>')
    const text = read('mandoc', '-T', 'utf8', '-O', 'width=500')
    for (const term of [...terms, ...commands]) expect(text).toContain(term)
    for (const term of ['--keep <file>', 'cache clear', 'imgaudit explain pip-cache']) expect(text).toContain(term)
  })
})
