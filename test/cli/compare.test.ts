import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Comparison, comparisonSchema } from '../../src/compare/schema.ts'
import { compare } from '../../src/index.ts'
import type { Report } from '../../src/report/schema.ts'
import { layerTar, legacyArchive } from '../archive.ts'
import { expectComparisonBalanced } from '../compare/balance.ts'
import { imgaudit as run } from './imgaudit.ts'

let cwd = ''

function imgaudit(...argv: readonly string[]) {
  return run(cwd, argv, { homedir: cwd })
}

async function compared(...argv: readonly string[]): Promise<Comparison> {
  const { code, stdout, stderr } = await imgaudit('compare', ...argv, '-f', 'json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const comparison = comparisonSchema.parse(JSON.parse(stdout))
  expectComparisonBalanced(comparison)
  return comparison
}

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'imgaudit-compare-'))
  const base = await layerTar({ 'usr/bin/tool': Buffer.alloc(500_000, 't') })
  const archive = async (name: string, files: Record<string, Buffer>) => {
    const layers = [base, await layerTar(files)]
    writeFileSync(join(cwd, `${name}.tar`), await legacyArchive({ layers, name: `app:${name}` }))
  }
  await archive('1', { 'opt/app/model-1.0.bin': Buffer.alloc(300_000, 'a'), 'opt/app/old.bin': Buffer.alloc(40_000) })
  await archive('2', {
    'opt/app/model-1.1.bin': Buffer.alloc(900_000, 'b'),
    'root/.cache/pip/http/a/b/c/d/e/f': Buffer.alloc(70_000, 'c'),
  })
  for (const name of ['1', '2']) expect((await imgaudit(`${name}.tar`, '-o', `${name}.json`)).code).toBe(0)
})

afterAll(() => rmSync(cwd, { recursive: true }))

describe('imgaudit compare', () => {
  it('says what changed, and by how much', async () => {
    const { difference, paths, pull, layers } = await compared('1.tar', '2.tar')
    expect(difference.files).toBe(630_000)
    expect(paths.map(({ path, was, change, difference }) => [path, was, change, difference])).toEqual(
      expect.arrayContaining([['/opt/app/model-1.1.bin', '/opt/app/model-1.0.bin', 'grown', 600_000]]),
    )
    expect(layers.map(({ change }) => change)).toEqual(['kept', expect.stringMatching(/changed|new/)])
    expect(pull.layers).toBe(1)
  })

  it('answers the same of stored reports as of images, as far as these tell', async () => {
    const live = await compared('1.tar', '2.tar')
    for (const sides of [
      ['1.json', '2.tar'],
      ['1.tar', '2.json'],
      ['1.json', '2.json'],
      ['report:1.json', 'report:2.json'],
    ]) {
      const { paths, ...stored } = await compared(...sides)
      const { paths: exact, ...rest } = live
      expect(stored).toEqual(rest)
      expect(paths.reduce((sum, row) => sum + row.difference, 0)).toBe(
        exact.reduce((sum, row) => sum + row.difference, 0),
      )
    }
  })

  it('finds the lines of a Dockerfile for an image and for a stored report', async () => {
    writeFileSync(join(cwd, 'Dockerfile'), 'FROM a\nRUN other\n')
    for (const after of ['2.tar', '2.json']) {
      const { notices } = await compared('1.json', after, '--dockerfile', 'Dockerfile')
      expect(notices.map(({ code }) => code)).toContain('dockerfile-differs')
    }
  })

  it('names the digests of both sides', async () => {
    const { stdout } = await imgaudit('compare', '1.json', '2.tar')
    const { before, after } = await compared('1.tar', '2.tar')
    for (const { image } of [before, after]) expect(stdout).toContain(image.id.slice(0, 19))
  })

  it('fails for growth over the limit alone', async () => {
    expect((await imgaudit('compare', '1.tar', '2.tar', '--max-growth', '630000')).code).toBe(0)
    const { code, stdout } = await imgaudit('compare', '1.tar', '2.tar', '--max-growth', '629999')
    expect(code).toBe(1)
    expect(stdout).toContain('growth')
    expect((await imgaudit('compare', '2.tar', '1.tar', '--max-growth', '0')).code).toBe(0)
  })

  it('writes every format in one run, and nothing beside the files', async () => {
    const names = ['c.json', 'c.md', 'c.txt', 'c.sarif', 'c.xml', 'gitlab=c-gl.json', 'github=c.log']
    const { code } = await imgaudit('compare', '1.json', '2.json', ...names.flatMap(name => ['-o', name]))
    expect(code).toBe(0)
    const written = readdirSync(cwd).filter(name => name.startsWith('c'))
    expect(written.sort()).toEqual(['c-gl.json', 'c.json', 'c.log', 'c.md', 'c.sarif', 'c.txt', 'c.xml'])
    for (const name of written) expect(readFileSync(join(cwd, name), 'utf8'), name).toMatch(/\n$/)
    for (const name of written) rmSync(join(cwd, name))
  })

  it.each([
    [['1.tar', 'gone.tar'], 3, /gone\.tar/],
    [['gone.json', '2.tar'], 3, /there is no report gone\.json/],
    [['other.json', '2.tar'], 3, /other\.json is no report of imgaudit/],
    [['newer.json', '2.tar'], 3, /version 7 of the report's schema, this imgaudit reads up to 1/],
    [['-', '-'], 2, /standard input is one image, not two/],
    [['1.tar'], 2, /missing required argument 'after'/],
    [['1.json', '1.json', '--gpu', 'H100'], 2, /--gpu does nothing for stored reports/],
    [['1.tar', '2.tar', '--entries', 'e.ndjson'], 2, /--entries does nothing for compare/],
    [['1.tar', '2.tar', '--against', '1.json'], 2, /--against does nothing for compare/],
    [['1.tar', '2.tar', '--max-growth', 'lots'], 2, /expected --max-growth to be a size or a share, got 'lots'/],
    [['1.tar', '2.tar', '-o', 'nowhere/c.json'], 2, /nowhere is no folder/],
  ])('%j: one sentence, and nothing written', async (argv, exitCode, message) => {
    writeFileSync(join(cwd, 'other.json'), '{"schemaVersion":1,"name":"package"}')
    writeFileSync(join(cwd, 'newer.json'), '{"schemaVersion":7}')
    const before = readdirSync(cwd)
    const { code, stdout, stderr } = await imgaudit('compare', ...argv)
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr.match(/^error: /gm)).toHaveLength(1)
    expect(stderr).toMatch(/\n {2}fix: .+\n$/)
    expect(readdirSync(cwd)).toEqual(before)
  })
})

describe('the library', () => {
  it('compares images and reports, and looks for the instructions of the later one in its Dockerfile', async () => {
    const report: Report = JSON.parse(readFileSync(join(cwd, '2.json'), 'utf8'))
    const dockerfile = { path: 'Dockerfile', text: 'FROM scratch\nRUN step 0\nRUN step 1\n' }
    for (const after of ['2.tar', report]) {
      const { difference, layers } = await compare('1.tar', after, { cwd, homedir: cwd, cache: false, dockerfile })
      expect(difference.files).toBe(630_000)
      const places = layers.filter(row => row.after !== null).map(row => row.dockerfile?.start)
      expect(places).toEqual([2, 3])
    }
  })
})

describe('imgaudit --against', () => {
  it('does not ask the earlier archive for what only the later one has', async () => {
    const { code, stdout } = await imgaudit('2.tar', '--image', 'app:2', '--against', '1.tar', '-f', 'json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout).against.image.reference).toContain('1.tar')
  })

  it('measures growth against a stored report or an image', async () => {
    for (const against of ['1.json', '1.tar']) {
      const { code, stdout } = await imgaudit('2.tar', '--against', against, '--max-growth', '600kB', '-f', 'json')
      expect(code).toBe(1)
      const report = JSON.parse(stdout)
      expect(report.budgets).toMatchObject([{ budget: 'growth', value: 630_000, limit: 600_000, ok: false }])
      expect(report.against.image.reference).toContain('1.tar')
    }
  })

  it('says so where there is nothing yet, and judges the rest', async () => {
    const { code, stdout } = await imgaudit('2.tar', '--against', 'main.json', '--max-growth', '1', '--max-size', '2MB')
    expect(code).toBe(0)
    expect(stdout).toMatch(/growth was not judged/)
  })
})

describe('a stored report in the place of an image', () => {
  it('is drawn and judged anew, as its image would be', async () => {
    const json = ['-f', 'json', '--max-size', '1MB', '--against', '1.json', '--max-growth', '1%']
    const [image, report] = [await imgaudit('2.tar', ...json), await imgaudit('2.json', ...json)]
    expect(report).toEqual(image)
    expect(report.code).toBe(1)
    const [drawn, again] = [await imgaudit('2.tar'), await imgaudit('report:2.json')]
    expect(again).toEqual(drawn)
    expect(await imgaudit('packages', '2.json')).toEqual(await imgaudit('packages', '2.tar'))
  })

  it.each([
    [['2.json', '--entries', 'e.ndjson'], 2, /--entries does nothing for stored reports/],
    [['2.json', '--base-layers', '1'], 2, /--base-layers does nothing for stored reports/],
    [['2.json', '--verify'], 2, /--verify does nothing for stored reports/],
    [['-', '--against', '-'], 2, /standard input is one image, not two/],
    [['-', '--base', '-'], 2, /standard input is one image, not two/],
    [['gone.json'], 3, /there is no report gone\.json/],
  ])('%j: one sentence', async (argv, exitCode, message) => {
    const { code, stdout, stderr } = await imgaudit(...argv)
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' })
    expect(stderr).toMatch(message)
  })
})
