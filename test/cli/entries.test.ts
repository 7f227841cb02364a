import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { entriesFile } from '../../src/cli/entries-file.ts'
import { writeDemo } from '../../src/demo.ts'
import type { EntryRow } from '../../src/report/entry-schema.ts'
import { missing } from '../bytes/tools.ts'
import { imgaudit as run } from './imgaudit.ts'

let cwd = ''

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'imgaudit-entries-'))
  await writeDemo(join(cwd, 'app.tar'))
})

afterAll(() => rmSync(cwd, { recursive: true }))

function imgaudit(...argv: readonly string[]) {
  return run(cwd, argv, { homedir: cwd })
}

const { signal } = new AbortController()
const row: EntryRow = {
  layer: 0,
  path: '/opt/a',
  kind: 'file',
  content: 7,
  span: 1024,
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtime: 0,
  target: null,
  visible: true,
  hiddenBy: null,
  replaced: null,
  owner: null,
  causes: [{ cause: '/opt', kind: 'kept', bytes: 7 }],
}

describe('--entries', () => {
  it('writes a line for each entry, beside the report', async () => {
    const { code, stdout } = await imgaudit('app.tar', '-f', 'json', '--entries', 'entries.ndjson')
    expect(code).toBe(0)
    const report: { size: { files: number }; layers: { entries: number }[] } = JSON.parse(stdout)
    const lines = readFileSync(join(cwd, 'entries.ndjson'), 'utf8').split('\n')
    expect(lines.pop()).toBe('')
    const rows: EntryRow[] = lines.map(line => JSON.parse(line))
    expect(rows.length).toBe(report.layers.reduce((sum, layer) => sum + layer.entries, 0))
    expect(rows.reduce((sum, { content }) => sum + content, 0)).toBe(report.size.files)
    expect(rows.find(({ path }) => path === '/usr/bin/gdb')).toMatchObject({ layer: 2, owner: 'dpkg:gdb' })
  })

  it('adds up in jq to the causes of the report', async context => {
    if (missing('jq')) return context.skip()
    const { stdout } = await imgaudit('app.tar', '-f', 'json', '--entries', 'entries.ndjson')
    const sums = '[.[].causes[]] | group_by(.cause, .kind) | map([.[0].cause, .[0].kind, (map(.bytes) | add)])'
    const jq = spawnSync('jq', ['-c', '--slurp', sums, 'entries.ndjson'], { cwd, encoding: 'utf8' })
    const { causes }: { causes: { cause: string; kind: string; bytes: number }[] } = JSON.parse(stdout)
    const wanted = causes.map(({ cause, kind, bytes }) => [cause, kind, bytes])
    expect(new Set(JSON.parse(jq.stdout).map(String))).toEqual(new Set(wanted.map(String)))
  })

  it('is written though the image is over a budget', async () => {
    expect((await imgaudit('app.tar', '-q', '--max-size', '1MB', '--entries', 'over.ndjson')).code).toBe(1)
    expect(readFileSync(join(cwd, 'over.ndjson'), 'utf8')).toContain('"/usr/bin/gdb"')
  })

  it('leaves what is there when the audit fails', async () => {
    writeFileSync(join(cwd, 'kept.ndjson'), 'of yesterday\n')
    await writeDemo(join(cwd, 'cut.tar'))
    truncateSync(join(cwd, 'cut.tar'), 5_000_000)
    expect((await imgaudit('cut.tar', '--entries', 'kept.ndjson')).code).toBe(3)
    expect(
      (await imgaudit('app.tar', '--max-growth', '1MB', '--against', 'none.tar', '--entries', 'kept.ndjson')).code,
    ).not.toBe(0)
    expect(readFileSync(join(cwd, 'kept.ndjson'), 'utf8')).toBe('of yesterday\n')
    expect(readdirSync(cwd).filter(name => name.startsWith('.kept'))).toEqual([])
  })

  it('says before it reads that a file cannot be written', async () => {
    const { code, stderr } = await imgaudit('none.tar', '--entries', 'nowhere/entries.ndjson')
    expect(code).toBe(2)
    expect(stderr).toContain('nowhere/entries.ndjson cannot be written')
  })

  it('leaves nothing when the rows end early', async () => {
    const write = await entriesFile('broken.ndjson', { cwd, signal })
    const rows = function* () {
      for (let count = 0; count < 3000; count++) yield row
      throw new Error('no more')
    }
    await expect(write(rows())).rejects.toThrow('no more')
    expect(readdirSync(cwd).filter(name => name.includes('broken'))).toEqual([])
  })

  it('keeps a line a line, and a name the name, whatever bytes it has', async () => {
    const path = '/a\nb\u001b[2J\u202e\udcff\u2028'
    const write = await entriesFile('hostile.ndjson', { cwd, signal })
    await write([{ ...row, path }])
    const text = readFileSync(join(cwd, 'hostile.ndjson'), 'utf8')
    expect(text.split('\n')).toHaveLength(2)
    expect(text).toMatch(/^[\x20-\x7e]*\n$/)
    expect(JSON.parse(text).path).toBe(path)
  })

  it('writes a million lines in little memory', async () => {
    const write = await entriesFile('many.ndjson', { cwd, signal })
    const before = process.memoryUsage().rss
    let most = 0
    const rows = function* () {
      for (let count = 0; count < 1_000_000; count++) {
        if (count % 100_000 === 0) most = Math.max(most, process.memoryUsage().rss - before)
        yield row
      }
    }
    await write(rows())
    expect(most).toBeLessThan(150_000_000)
    rmSync(join(cwd, 'many.ndjson'))
  })
})
