import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import json from '../../src/report/json.ts'
import type { Report } from '../../src/report/schema.ts'
import { trendSchema } from '../../src/trend/schema.ts'
import { sample } from '../report/sample.ts'
import { reportOf } from '../trend/reports.ts'
import { imgaudit as run } from './imgaudit.ts'

let cwd = ''

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'imgaudit-trend-'))
  store('1', reportOf('app:1', '2026-01-02T03:04:05Z', [['pip:torch', 'kept', 1e9]]))
  store('2', reportOf('app:2', '2026-02-02T03:04:05Z', [['pip:torch', 'kept', 1.1e9]]))
  const third: Report['causes'] = [
    { cause: 'pip:torch', kind: 'kept', bytes: 1.1e9, stored: null },
    { cause: 'pip-cache', kind: 'waste', bytes: 2e8, stored: null },
  ]
  const image = { ...sample.image, reference: 'app:3', created: '2026-03-02T03:04:05Z' }
  store('3', { ...sample, image, size: { ...sample.size, files: 1.3e9 }, causes: third })
})

afterAll(() => rmSync(cwd, { recursive: true }))

function store(name: string, report: Report): void {
  writeFileSync(join(cwd, `${name}.json`), json(report))
}

function trend(...argv: readonly string[]) {
  return run(cwd, ['trend', ...argv], { homedir: cwd })
}

describe('imgaudit trend', () => {
  it('prints size by cause over stored reports, oldest first', async () => {
    const { code, stdout, stderr } = await trend('3.json', '1.json', '2.json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(
      /1\.00 GB +0 B +2026-01-02 +app:1\n.*\+100 MB.* app:2\n.*\+200 MB +200 MB +2026-03-02 +app:3\n/,
    )
    expect(stdout).toMatch(/0 B +200 MB +\+200 MB +··█ +pip-cache\n/)
  })

  it('prints JSON, and writes files by their endings', async () => {
    const { code, stdout } = await trend('1.json', '2.json', '-f', 'json', '-o', 'trend.txt')
    expect(code).toBe(0)
    expect(trendSchema.parse(JSON.parse(stdout))).toMatchObject({
      order: 'created',
      causes: [{ cause: 'pip:torch', bytes: [1e9, 1.1e9], difference: 1e8 }],
    })
    expect(readFileSync(join(cwd, 'trend.txt'), 'utf8')).toMatch(/^IMAGES {2}2, by when they were made\n/)
  })

  it('ends with 1 where the last image is over a budget', async () => {
    expect(await trend('1.json', '2.json', '3.json', '--max-growth', '250MB')).toMatchObject({ code: 0 })
    const over = await trend('3.json', '2.json', '1.json', '--max-growth', '10%', '-f', 'json')
    expect(over.code).toBe(1)
    expect(over.stderr).toMatch(/^over budget: growth .*200 MB/)
    expect(await trend('1.json', '2.json', '--max-size', '1GB')).toMatchObject({ code: 1 })
  })

  it.each([
    [['1.json'], 2, 'error: one report has no trend (USAGE)'],
    [['1.json', '-'], 2, 'error: trend reads files, not standard input (USAGE)'],
    [['1.json', '2.json', './1.json'], 2, 'error: ./1.json is named twice (USAGE)'],
    [['1.json', 'app:1'], 3, 'error: there is no report CWD/app:1 (REPORT_MISSING)'],
    [['1.json', '.'], 3, 'error: CWD is a folder, no report (REPORT_INVALID)'],
    [['1.json', 'app.tar'], 3, 'error: CWD/app.tar is no report of imgaudit: it is no JSON object (REPORT_INVALID)'],
    [['1.json', 'cut.json', 'newer.json'], 3, 'error: CWD/cut.json is no report of imgaudit: it is no JSON object'],
    [['newer.json', 'cut.json'], 3, "error: CWD/newer.json has version 2 of the report's schema"],
    [['1.json', '2.json', '-f', 'sarif'], 2, 'error: this command cannot print sarif (USAGE)'],
  ])('%j ends with %d', async (argv, code, text) => {
    writeFileSync(join(cwd, 'app.tar'), Buffer.alloc(10_240))
    writeFileSync(join(cwd, 'cut.json'), json(sample).slice(0, 1000))
    writeFileSync(join(cwd, 'newer.json'), JSON.stringify({ schemaVersion: 2 }))
    const answer = await trend(...argv)
    expect(answer).toMatchObject({ code, stdout: '' })
    const [first, fix, ...more] = answer.stderr.replaceAll(cwd, 'CWD').split('\n')
    expect(first?.slice(0, text.length)).toBe(text)
    expect(fix).toMatch(/^ {2}fix: /)
    expect(more).toEqual([''])
  })
})
