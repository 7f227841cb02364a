import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { writeDemo } from '../../src/demo.ts'
import type { Report } from '../../src/report/schema.ts'
import { imgaudit as run } from './imgaudit.ts'

let home = ''
let cwd = ''
let report: Report

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'imgaudit-configured-'))
  cwd = join(home, 'repo')
  mkdirSync(join(cwd, '.git'), { recursive: true })
  await writeDemo(join(cwd, 'app.tar'))
  await imgaudit('app.tar', '-o', join(home, 'report.json'))
  report = JSON.parse(readFileSync(join(home, 'report.json'), 'utf8'))
})

afterAll(() => rmSync(home, { recursive: true }))

afterEach(() => {
  const own = new Set(['.git', 'app.tar'])
  for (const name of readdirSync(cwd)) if (!own.has(name)) rmSync(join(cwd, name), { recursive: true })
})

function imgaudit(...argv: readonly string[]) {
  return run(cwd, argv, { homedir: home })
}

function put(name: string, text: string): void {
  writeFileSync(join(cwd, name), text)
}

/** What each limit is, and the exit code. */
async function judged(...argv: readonly string[]) {
  const { code, stdout } = await imgaudit(...argv, '-f', 'json')
  const { budgets, findings, notices, gpuCode }: Report = JSON.parse(stdout)
  return {
    code,
    limits: Object.fromEntries(budgets.map(({ budget, limit }) => [budget, limit])),
    ignored: Object.fromEntries(findings.flatMap(({ rule, ignored }) => (ignored === null ? [] : [[rule, ignored]]))),
    told: notices.filter(({ code }) => /^(ignore|baseline)-/.test(code)),
    gpus: gpuCode.find(({ arch }) => arch === 'sm_80')?.gpus,
  }
}

describe('a configuration', () => {
  it.each([
    ['imgaudit.config.yaml', 'budgets:\n  size: 1GB\n  waste: 1B\nfailOn: [secrets]\n'],
    ['imgaudit.config.json', '{ "budgets": { "size": "1GB", "waste": 1 }, "failOn": ["secrets"] }'],
    ['package.json', '{ "imgaudit": { "budgets": { "size": "1GB", "waste": "1" }, "failOn": ["secrets"] } }'],
  ])('in %s holds an image to it', async (name, text) => {
    put(name, text)
    const wanted = { code: 1, limits: { size: 1e9, waste: 1, 'failOn.secrets': 0 } }
    expect(await judged('app.tar')).toMatchObject(wanted)
    expect(await judged('app.tar', '--no-config')).toMatchObject({ code: 0, limits: {} })
  })

  it('is kept by an image that is within it', async () => {
    put('imgaudit.config.yml', 'budgets: { size: 1GB, waste: 99% }')
    expect(await judged('app.tar')).toMatchObject({ code: 0, limits: { size: 1e9 } })
  })

  it('is found above the working folder, up to the repository', async () => {
    put('imgaudit.config.yaml', 'budgets: { size: 1 }')
    mkdirSync(join(cwd, 'a/b'), { recursive: true })
    const { code } = await run(join(cwd, 'a/b'), ['../../app.tar'], { homedir: home })
    expect(code).toBe(1)
    mkdirSync(join(cwd, 'a/.git'))
    expect((await run(join(cwd, 'a/b'), ['../../app.tar'], { homedir: home })).code).toBe(0)
  })

  it('can be named, and then no other is read', async () => {
    put('imgaudit.config.yaml', 'broken: [')
    put('ci.yaml', 'budgets: { layer: 1kB }')
    expect(await judged('app.tar', '--config', 'ci.yaml')).toMatchObject({ code: 1, limits: { layer: 1000 } })
  })

  it('gives way to the command line, budget by budget', async () => {
    put(
      'imgaudit.config.yaml',
      'budgets: { size: 1, waste: 1, causes: { pip-cache: 1, nsight: 1 } }\nfailOn: [secrets]\ngpu: [A100]\n',
    )
    const flags = ['--max-size', '1GB', '--max-cause', 'nsight=2', '--fail-on', 'root-user', '--gpu', 'A100,L4']
    expect(await judged('app.tar', ...flags)).toMatchObject({
      limits: { size: 1e9, waste: 1, 'causes.pip-cache': 1, 'causes.nsight': 2, 'failOn.root-user': 0 },
      gpus: ['A100', 'L4'],
    })
    const { limits, gpus } = await judged('app.tar')
    expect(Object.keys(limits)).toContain('failOn.secrets')
    expect(gpus).toEqual(['A100'])
  })

  it('is another for images that its patterns match', async () => {
    put(
      'imgaudit.config.yaml',
      `
budgets: { size: 1GB, waste: 1GB }
images:
  - image: "*.tar"
    budgets: { size: 2GB }
    ignore: [{ rule: pip-cache, reason: wanted }]
  - image: other:*
    budgets: { size: 3GB }
  - image: app.tar
    budgets: { layer: 4GB }
`,
    )
    const wanted = { limits: { size: 2e9, waste: 1e9, layer: 4e9 }, ignored: { 'pip-cache': { whole: true } } }
    expect(await judged('./app.tar')).toMatchObject(wanted)
    expect(await judged('docker-archive:app.tar')).toMatchObject(wanted)
  })

  it('ignores what somebody has judged, and tells what no longer holds', async () => {
    const waste = report.savings.safe + report.savings.check
    const cache = report.causes.find(({ cause }) => cause === 'pip-cache')?.bytes ?? 0
    put(
      'imgaudit.config.yaml',
      `
budgets: { waste: ${waste - cache}, causes: { pip-cache: 0 } }
failOn: [pip-cache, root-user]
ignore:
  - { rule: pip-cache, reason: the cache is wanted, until: 2026-06-15 }
  - { rule: root-user, reason: a sandbox }
  - { rule: nsight, reason: profiling, until: 2026-06-14 }
  - { rule: cupti, path: /nowhere/**, reason: x }
  - { rule: secrets, image: other, reason: x }
`,
    )
    const { code, ignored, told } = await judged('app.tar')
    expect(code).toBe(0)
    expect(ignored).toEqual({
      'pip-cache': { saves: cache, whole: true, reasons: ['the cache is wanted'] },
      'root-user': { saves: 0, whole: true, reasons: ['a sandbox'] },
    })
    expect(told.map(({ code }) => code)).toEqual(['ignore-expired', 'ignore-unused'])
    const { stdout } = await imgaudit('app.tar')
    expect(stdout).toContain('\nIGNORED  ')
    expect(stdout).toContain('ignored: the cache is wanted\n')
    expect(stdout.slice(stdout.indexOf('WHAT TO CHANGE'), stdout.indexOf('IGNORED'))).not.toMatch(/^ +· .*pip-cache ·/m)
  })

  it('limits growth where there is something to measure it against', async () => {
    put('imgaudit.config.yaml', 'budgets: { growth: 5% }')
    const without = await judged('app.tar')
    expect(without).toMatchObject({ code: 0, limits: {}, told: [{ code: 'baseline-none' }] })
    const against = await judged('app.tar', '--against', join(home, 'report.json'))
    expect(against).toMatchObject({ code: 0, limits: { growth: Math.floor(report.size.files / 20) } })
  })

  it('is not for the demo, unless it is named', async () => {
    put('imgaudit.config.yaml', 'budgets: { size: 1 }')
    expect((await imgaudit('demo')).code).toBe(0)
    expect((await imgaudit('demo', '--config', 'imgaudit.config.yaml')).code).toBe(1)
  })

  it('names the GPUs that a path is explained for', async () => {
    put('imgaudit.config.yaml', 'gpu: [A100]')
    const path = report.files.find(({ path }) => path.includes('.so'))?.path ?? ''
    const named = await imgaudit('why', 'app.tar', path, '--gpu', 'A100', '--no-config')
    expect(await imgaudit('why', 'app.tar', path)).toEqual(named)
  })
})

describe('a configuration that is wrong', () => {
  it.each([
    [
      'imgaudit.config.yaml',
      'budgets:\n  size: 3 apples\n',
      "imgaudit.config.yaml:2:3: budgets.size: expected a size like 3GB, got '3 apples'",
      'write it like 3GB',
    ],
    [
      'imgaudit.config.yaml',
      'budgets: [',
      'imgaudit.config.yaml:1:11: ',
      'in an empty folder imgaudit init writes one that shows how',
    ],
    [
      'imgaudit.config.json',
      '{ "failOn": ["secret"] }',
      'imgaudit.config.json:1:14: failOn[0]: ',
      'did you mean secrets?',
    ],
    [
      'package.json',
      '{ "imgaudit": { "gpu": ["H1OO"] } }',
      "package.json:1:25: gpu[0]: there is no GPU 'H1OO'",
      'did you mean H100',
    ],
    [
      'imgaudit.config.yml',
      'ignore:\n  - rule: pip-cahce\n    reason: x\n',
      'imgaudit.config.yml:2:5: ignore[0].rule: ',
      'did you mean pip-cache?',
    ],
  ])('%s %j: one sentence, a fix, and no file', async (name, text, message, fix) => {
    put(name, text)
    const { code, stdout, stderr } = await imgaudit('app.tar', '-o', 'out.json')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^error: [^\n]+ \(CONFIG_INVALID\)\n {2}fix: [^\n]+\n$/)
    expect(stderr).toContain(`error: ${message}`)
    expect(stderr).toContain(`fix: ${fix}`)
    expect(existsSync(join(cwd, 'out.json'))).toBe(false)
  })

  it('is told where there are two, and where the one that is named is not there', async () => {
    put('imgaudit.config.yaml', '')
    put('package.json', '{ "imgaudit": {} }')
    expect((await imgaudit('app.tar')).stderr).toBe(
      'error: there are two configurations, imgaudit.config.yaml and package.json (CONFIG_INVALID)\n' +
        '  fix: leave one, or name one with --config imgaudit.config.yaml\n',
    )
    expect(await imgaudit('app.tar', '--config', 'none.yaml')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: there is no none.yaml (CONFIG_INVALID)\n  fix: name a file, or write one with imgaudit init\n',
    })
  })

  it('is told where the name of it is empty', async () => {
    expect((await imgaudit('app.tar', '--config', '')).stderr).toBe(
      'error: --config names no file (USAGE)\n  fix: name one, or leave it out\n',
    )
  })

  it('is told before an image is looked for', async () => {
    put('imgaudit.config.yaml', 'budget: {}')
    expect((await imgaudit('./no-such.tar')).code).toBe(2)
  })
})
