import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeDemo } from '../../src/demo.ts'
import type { Report } from '../../src/report/schema.ts'
import { imgaudit as run } from './imgaudit.ts'

let cwd = ''
let report: Report

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'imgaudit-budgets-'))
  await writeDemo(join(cwd, 'app.tar'))
  await imgaudit('app.tar', '-o', 'report.json')
  report = JSON.parse(readFileSync(join(cwd, 'report.json'), 'utf8'))
  const smaller = { ...report, size: { ...report.size, files: report.size.files - 1000 } }
  writeFileSync(join(cwd, 'smaller.json'), JSON.stringify(smaller))
})

afterAll(() => rmSync(cwd, { recursive: true }))

function imgaudit(...argv: readonly string[]) {
  return run(cwd, argv, { homedir: cwd })
}

/** What a limit comes to. */
async function judged(...argv: readonly string[]) {
  const { code, stdout, stderr } = await imgaudit('app.tar', '-f', 'json', ...argv)
  const { budgets, against, notices }: Report = JSON.parse(stdout)
  return { code, stderr, budgets, against, codes: notices.map(({ code }) => code) }
}

/** Options with what they come to. */
function values(): readonly (readonly [string, number])[] {
  const { size, savings, layers, causes } = report
  const kept = causes.filter(({ kind }) => kind === 'kept')
  const folder = kept.find(({ cause }) => cause.startsWith('/'))
  const owned = kept.find(({ cause }) => cause.includes(':'))
  return [
    ['--max-size=', size.files],
    ['--max-waste=', savings.safe + savings.check],
    ['--max-layer=', Math.max(...layers.map(({ size }) => size.files))],
    ...[folder, owned, causes.find(({ cause }) => cause === 'pip-cache')].map(
      row => [`--max-cause=${row?.cause}=`, row?.bytes ?? 0] as const,
    ),
  ]
}

describe('a budget', () => {
  it('is kept at its limit', async () => {
    const { code, stderr, budgets } = await judged(...values().map(([option, value]) => `${option}${value}`))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(budgets.map(({ limit, value, ok }) => [limit, value, ok])).toEqual(
      budgets.map(({ value }) => [value, value, true]),
    )
    expect(budgets).toHaveLength(6)
  })

  it('ends with 1 a byte below, each of them alone', async () => {
    for (const [option, value] of values()) {
      const { code, stderr, budgets } = await judged(`${option}${value - 1}`)
      expect({ code, budgets }).toMatchObject({ code: 1, budgets: [{ limit: value - 1, value, ok: false }] })
      expect(stderr, option).toMatch(/^over budget: .+: 1 byte too much.*\n$|^over budget: .+: 1 B too much.*\n$/)
    }
  })

  it('measures growth against a report, and against an image', async () => {
    expect(await judged('--against', 'smaller.json', '--max-growth', '1000')).toMatchObject({
      code: 0,
      against: { size: { files: report.size.files - 1000 } },
      budgets: [{ budget: 'growth', value: 1000, ok: true }],
      codes: expect.arrayContaining(['baseline-same']),
    })
    expect(await judged('--against', 'smaller.json', '--max-growth', '999')).toMatchObject({
      code: 1,
      stderr: 'over budget: growth is 1.00 kB, the limit is 999 B: 1 B too much\n',
    })
    expect(await judged('--against', 'app.tar', '--max-growth', '0%')).toMatchObject({
      code: 0,
      budgets: [{ budget: 'growth', value: 0, limit: 0, share: 0, ok: true }],
    })
  })

  it('of growth is not judged by a first run, which is told', async () => {
    const first = await judged('--against', 'none.json', '--max-growth', '0')
    expect(first).toMatchObject({ code: 0, against: null, budgets: [] })
    expect(first.codes).toContain('baseline-missing')
  })

  it('of rules fails on what they find', async () => {
    expect(await judged('--fail-on', 'unused-gpu-code')).toMatchObject({
      code: 0,
      budgets: [{ budget: 'failOn.unused-gpu-code', ok: true }],
    })
    const { code, stderr, budgets } = await judged('--fail-on', 'secrets, pip-cache', '--fail-on', 'unused-gpu-code')
    expect(code).toBe(1)
    expect(budgets.map(({ budget, unit, limit, ok }) => [budget, unit, limit, ok])).toEqual([
      ['failOn.pip-cache', 'findings', 0, false],
      ['failOn.secrets', 'findings', 0, false],
      ['failOn.unused-gpu-code', 'findings', 0, true],
    ])
    expect(stderr).toMatch(/^over budget: pip-cache has \d+ findings?, none is allowed\nover budget: secrets has /)
  })

  it('is one of several: the last of the same name counts', async () => {
    const { budgets } = await judged(
      '--max-cause',
      'pip-cache=1',
      '--max-cause',
      'nsight=2',
      '--max-cause',
      'pip-cache=3GB',
    )
    expect(budgets.map(({ budget, limit }) => [budget, limit])).toEqual([
      ['causes.nsight', 2],
      ['causes.pip-cache', 3e9],
    ])
  })

  it('stands in the table with what it comes to', async () => {
    const { code, stdout, stderr } = await imgaudit(
      'app.tar',
      '--max-size',
      '1GB',
      '--max-waste',
      '1%',
      '--fail-on',
      'secrets',
    )
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    const part = stdout.slice(stdout.indexOf('BUDGETS'))
    expect(part).toMatch(/^ {2}ok {4}size is .+, the limit is 1\.00 GB$/m)
    expect(part).toMatch(/^ {2}OVER {2}waste is .+, the limit is 1 %, which is .+: .+ too much$/m)
    expect(part).toMatch(/^ {2}OVER {2}secrets has \d+ findings?, none is allowed$/m)
  })
})

describe('bad usage', () => {
  it.each([
    [
      ['--max-growth', '5%'],
      '--max-growth has nothing to measure against (USAGE)',
      'name an earlier image, or its report: --against report.json',
    ],
    [
      ['--max-cause', 'pip-cache'],
      "expected --max-cause to be a cause and a size, got 'pip-cache' (USAGE)",
      'write it like --max-cause pip-cache=0 or --max-cause pip:torch=2GB',
    ],
    [
      ['--max-cause', '=3GB'],
      "expected --max-cause to be a cause and a size, got '=3GB' (USAGE)",
      'write it like --max-cause pip-cache=0 or --max-cause pip:torch=2GB',
    ],
    [
      ['--max-cause', 'pip-cache=5M'],
      "expected --max-cause to be a cause and a size, got 'pip-cache=5M' (USAGE)",
      'say which of the two: 5MB (1000s) or 5MiB (1024s)',
    ],
    [['--max-cause', 'pip-cahce=0'], 'there is no cause pip-cahce (RULE_UNKNOWN)', 'did you mean pip-cache?'],
    [
      ['--max-cause', '/opt/app/models=0'],
      'there is no cause /opt/app/models (RULE_UNKNOWN)',
      'kept bytes are counted by folders two levels deep: did you mean /opt/app?',
    ],
    [['--fail-on', 'secrets,secret'], 'there is no rule secret (RULE_UNKNOWN)', 'did you mean secrets?'],
    [
      ['--fail-on', 'secrets,'],
      "expected --fail-on to be names of rules, got 'secrets,' (USAGE)",
      '--fail-on secrets,removed-later',
    ],
    [
      ['--max-layer', '2 G'],
      "expected --max-layer to be a size or a share, got '2 G' (USAGE)",
      'say which of the two: 2GB (1000s) or 2GiB (1024s)',
    ],
  ])('%j: one sentence, a fix, and no file', async (argv, message, fix) => {
    expect(await imgaudit('app.tar', '-o', 'out.json', ...argv)).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: ${message}\n  fix: ${fix}\n`,
    })
    expect(existsSync(join(cwd, 'out.json'))).toBe(false)
  })
})
