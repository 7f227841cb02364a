import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { scratch } from '../source/open.ts'
import { imgaudit } from './imgaudit.ts'

it.each([
  [['init', '--config', 'own.yaml'], '--config does nothing for init'],
  [['rules', '-f', 'json'], '--format does nothing for rules'],
  [['cache', 'clear', '--max-size', '3GB'], '--max-size does nothing for cache clear'],
  [['cache', '--no-cache'], '--no-cache does nothing for cache'],
  [['trend', '1.json', '2.json', '--gpu', 'H100'], '--gpu does nothing for trend'],
  [['--top', '3', 'explain', 'nsight'], '--top does nothing for explain'],
])('refuses what would be passed over: %j', async (argv, told) => {
  const cwd = scratch()
  const { code, stdout, stderr } = await imgaudit(cwd, argv, { homedir: cwd })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(`${told} (USAGE)`)
  expect(readdirSync(cwd)).toEqual([])
})

it('shows of each command the options that do something for it, and each once', async () => {
  const helpOf = async (...argv: string[]) => {
    const { stdout } = await imgaudit('.', [...argv, '--help'])
    return [...stdout.matchAll(/^ {2}(?:-., )?(--[a-z-]+)/gm)].map(match => match[1])
  }
  const whole = await helpOf()
  expect(whole).toContain('--platform')
  expect(new Set(whole).size).toBe(whole.length)
  const own = ['--help', '--quiet', '--no-color']
  for (const argv of [['rules'], ['explain'], ['init'], ['cache'], ['cache', 'clear'], ['completion'], ['man']])
    expect(await helpOf(...argv), argv.join(' ')).toEqual(own)
  const trend = await helpOf('trend')
  expect(trend).toEqual(expect.arrayContaining(['--format', '--max-growth', '--config']))
  expect(trend).not.toContain('--platform')
})
