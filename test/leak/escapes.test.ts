import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { progressLine } from '../../src/cli/progress.ts'
import type { Report } from '../../src/report/schema.ts'
import { imgaudit as run } from '../cli/imgaudit.ts'
import { poisoned } from '../report/hostile.ts'
import { expectHarmless, render } from '../report/rendered.ts'
import { all, faultyArchives, hostile, hostileImage, hostileName } from './hostile-image.ts'
import { expectNoCommands, expectPrintable } from './raw-characters.ts'

let cwd = ''

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'imgaudit-escapes-'))
  writeFileSync(join(cwd, '1.tar'), await hostileImage(70_000))
  writeFileSync(join(cwd, '2.tar'), await hostileImage(90_000))
  for (const name of ['1', '2']) expect((await imgaudit(`${name}.tar`, '-o', `${name}.json`)).stderr).toBe('')
  // Whoever hands over a report can put anything where audits have digests and dates.
  const report: Report = JSON.parse(readFileSync(join(cwd, '1.json'), 'utf8'))
  writeFileSync(join(cwd, 'poisoned.json'), JSON.stringify({ ...poisoned(report, all), tool: report.tool }))
})

afterAll(() => rmSync(cwd, { recursive: true }))

function imgaudit(...argv: readonly string[]) {
  return run(cwd, argv, { homedir: cwd, env: { XDG_CACHE_HOME: join(cwd, 'cache') } })
}

/** Budgets that fail, so that every format has all of its parts. */
const limits = ['--max-size', '1', '--max-waste', '1', '--max-layer', '1', '--fail-on', 'secrets,pip-cache']
const owned = `/opt/${hostileName}/owned`
const library = `/opt/${hostileName}/lib${hostileName}.so.1`

const documents: Readonly<Record<string, readonly string[]>> = {
  image: ['1.tar', ...limits, '--all', '--against', '2.json', '--gpu', 'H100'],
  'stored report': ['1.json', ...limits, '--all'],
  'poisoned report': ['poisoned.json', ...limits, '--all'],
  'compare of poisoned reports': ['compare', '2.json', 'poisoned.json', ...limits, '--all'],
  'compare of images': ['compare', '1.tar', '2.tar', ...limits, '--all'],
  'compare of reports': ['compare', '1.json', '2.json', '--max-growth', '1', '--all'],
}

/** Commands that have two formats, and those that end in an error. */
const views: Readonly<Record<string, readonly string[]>> = {
  packages: ['packages', '1.tar', '--all'],
  'why of a file': ['why', '1.tar', owned],
  'why of a library': ['why', '1.tar', library],
  'why of a folder': ['why', '1.tar', '/opt'],
  trend: ['trend', '1.json', '2.json', ...limits],
  explain: ['explain', hostile.colour ?? ''],
  cache: ['cache'],
  'an image that is not there': [`docker-archive:${hostileName}`],
  'an option that is not there': [`--${hostileName}`],
  'a path that is not there': ['why', '1.tar', `/none/${hostileName}`],
  'trend of poisoned reports': ['trend', '1.json', 'poisoned.json', ...limits],
  'a report that is not there': ['trend', `${hostileName}.json`, '1.json'],
}
const formats = ['table', 'json', 'markdown', 'sarif', 'github', 'gitlab', 'junit']

async function expectEscaped(name: string, argv: readonly string[]): Promise<number> {
  const { code, stdout, stderr } = await imgaudit(...argv)
  const format = argv.at(-1) ?? ''
  expect(stdout + stderr, name).not.toBe('')
  expect(stderr).not.toContain('BUG')
  for (const text of [stdout, stderr]) expectPrintable(text, name)
  expectNoCommands(format === 'github' ? stderr : stdout + stderr, name)
  if (stdout !== '' && ['json', 'sarif', 'gitlab'].includes(format)) JSON.parse(stdout)
  if (format === 'markdown') expectHarmless(render(stdout))
  return code
}

describe('what an image is made of is shown escaped', () => {
  describe.each(Object.entries(documents))('%s', (name, argv) => {
    it.each(formats)('as %s', async format => {
      expect(await expectEscaped(name, [...argv, '-f', format])).toBe(1)
    })
  })

  describe.each(Object.entries(views))('%s', (name, argv) => {
    it.each(['table', 'json'])('as %s', async format => {
      await expectEscaped(name, [...argv, '-f', format])
    })
  })

  it('trend as markdown', async () => {
    expect(await expectEscaped('trend', ['trend', '1.json', 'poisoned.json', ...limits, '-f', 'markdown'])).toBe(1)
  })

  it('in colours and 40 columns too', async () => {
    const { stdout } = await run(cwd, ['1.tar', '--all'], { homedir: cwd, env: { FORCE_COLOR: '1' } })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours are ours
    expectPrintable(stdout.replace(/\u001b\[(?:[0-9]|[1-9][0-9])m/g, ''), 'coloured')
  })

  it('in files, of entries too, and in the summary of a step', async () => {
    const outputs = ['a.txt', 'a.json', 'a.md', 'a.sarif', 'a.xml', 'gitlab=a.gitlab', 'github=a.github']
    const files = outputs.flatMap(name => ['-o', name])
    const env = { GITHUB_STEP_SUMMARY: join(cwd, 'summary.md'), GITHUB_ACTIONS: 'true' }
    const argv = ['1.tar', ...limits, ...files, '--entries', 'a.ndjson', '-f', 'table,github']
    const { code } = await run(cwd, argv, { homedir: cwd, env })
    expect(code).toBe(1)
    for (const name of [...outputs.map(name => name.replace(/.*=/, '')), 'a.ndjson', 'summary.md']) {
      expectPrintable(readFileSync(join(cwd, name), 'utf8'), name)
    }
    expectHarmless(render(readFileSync(join(cwd, 'summary.md'), 'utf8')))
  })

  it('while a bar shows how far reading has come', () => {
    const stand = { phase: `reading ${hostileName}`, what: hostileName, bytes: 1, total: 2, seconds: 1 }
    expectPrintable(progressLine(stand, 8), 'progress')
  })
})

describe('messages of SARIF', () => {
  it('have no links and no places for arguments', async () => {
    const { stdout } = await imgaudit('1.tar', ...limits, '--max-cause', `/opt/${hostileName}=1`, '-f', 'sarif')
    const log: { runs: [{ results: unknown; invocations: unknown; tool: unknown }] } = JSON.parse(stdout)
    const texts: string[] = []
    JSON.stringify(log, (key, value: unknown) => {
      if (key === 'text' && typeof value === 'string') texts.push(value)
      return value
    })
    expect(texts.some(text => text.includes('\\[x\\](https:'))).toBe(true)
    expect(texts.some(text => text.includes('{{0}}'))).toBe(true)
    for (const text of texts) {
      expect(text).not.toMatch(/(?<!\\)\]\(/)
      expect(text).not.toMatch(/(?<!\{)\{\d+\}/)
    }
  })
})

describe('values are the same once JSON is parsed', () => {
  it('of paths, history and packages', async () => {
    const { stdout } = await imgaudit('1.tar', '-f', 'json', '--entries', 'entries.ndjson')
    const report: { packages: { version: string }[]; layers: { createdBy: string }[] } = JSON.parse(stdout)
    expect(report.packages.some(({ version }) => version.includes(hostile.tags ?? '-'))).toBe(true)
    expect(report.layers[0]?.createdBy).toContain(hostile.clipboard)
    const rows = readFileSync(join(cwd, 'entries.ndjson'), 'utf8').trim().split('\n')
    const paths = rows.map((row): string => JSON.parse(row).path)
    expect(paths).toContain(owned)
    expect(paths).toContain('/opt/\udcff\udcfe\udcc0\udc80\udc9b\udce2\udc80\udced\udca0\udc80\udcf5\udc9b/tttttttt')
  })
})

describe('an error shows what is wrong escaped', () => {
  it('whatever a manifest or a configuration has in it', async () => {
    for (const [name, archive] of Object.entries(await faultyArchives())) {
      writeFileSync(join(cwd, name), archive)
      const { code, stdout, stderr } = await imgaudit(name)
      expect([name, code, stdout]).toEqual([name, expect.toBeOneOf([0, 3]), code === 0 ? expect.anything() : ''])
      expect(stderr, name).not.toContain('BUG')
      expectPrintable(stderr, name)
      expectNoCommands(stderr, name)
      expect(stderr.length, name).toBeLessThan(20_000)
    }
  })
})
