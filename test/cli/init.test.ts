import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fileAt } from '../../src/config/find.ts'
import { readConfiguration } from '../../src/config/read.ts'
import { imgaudit } from './imgaudit.ts'

let cwd = ''

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'imgaudit-init-'))
})

afterEach(() => rmSync(cwd, { recursive: true }))

const name = 'imgaudit.config.yaml'

describe('init', () => {
  it('writes a configuration that can be read, and says what next', async () => {
    const { code, stdout, stderr } = await imgaudit(cwd, ['init'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^imgaudit\.config\.yaml is written: /)
    expect(stdout).toContain('\n  imgaudit <image> ')
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
    expect(readdirSync(cwd)).toEqual([name])
    expect(await readConfiguration(fileAt(join(cwd, name), name))).toMatchObject({ failOn: ['secrets'] })
  })

  it.each([
    [name, '# mine\n', name],
    ['imgaudit.config.yml', '# mine\n', 'imgaudit.config.yml'],
    ['imgaudit.config.json', '{}', 'imgaudit.config.json'],
    ['package.json', '{ "imgaudit": {} }', 'the key imgaudit of package.json'],
  ])('leaves %s as it is', async (there, text, told) => {
    writeFileSync(join(cwd, there), text)
    expect(await imgaudit(cwd, ['init'])).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: there is a configuration already: ${told} (OUTPUT_FAILED)\n  fix: change that one, or take it away first\n`,
    })
    expect(readdirSync(cwd)).toEqual([there])
    expect(readFileSync(join(cwd, there), 'utf8')).toBe(text)
  })

  it('writes one below another, and beside a package.json without one', async () => {
    writeFileSync(join(cwd, name), '# above\n')
    mkdirSync(join(cwd, 'a'))
    writeFileSync(join(cwd, 'a/package.json'), '{}')
    expect((await imgaudit(join(cwd, 'a'), ['init'])).code).toBe(0)
    expect(readdirSync(join(cwd, 'a'))).toEqual([name, 'package.json'])
    expect(readFileSync(join(cwd, name), 'utf8')).toBe('# above\n')
  })
})
