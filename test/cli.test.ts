import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { progressLine } from '../src/cli/progress.ts'
import { type Host, run } from '../src/cli.ts'
import { writeDemo } from '../src/demo.ts'
import type { Report } from '../src/report/schema.ts'
import { rules } from '../src/rule/index.ts'
import { version } from '../src/version.ts'

let cwd = ''
let home = ''

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'imgaudit-cli-'))
  home = mkdtempSync(join(tmpdir(), 'imgaudit-home-'))
  await writeDemo(join(cwd, 'app.tar'))
})

afterAll(() => {
  for (const folder of [cwd, home]) rmSync(folder, { recursive: true })
})

interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Keeps what is written; fails each write with `code` when it is given. */
class Sink extends Writable {
  text = ''
  readonly isTTY: boolean
  readonly columns = 80
  readonly #code: string | undefined

  constructor(isTTY: boolean, code?: string) {
    super()
    this.isTTY = isTTY
    this.#code = code
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.text += chunk.toString()
    done(this.#code === undefined ? undefined : Object.assign(new Error(`write ${this.#code}`), { code: this.#code }))
  }
}

interface Circumstances {
  readonly env?: Host['env']
  readonly isTTY?: boolean
  readonly stdoutFails?: string
  readonly stdin?: Readable
  /** Milliseconds until Ctrl-C. */
  readonly interruptAfter?: number
}

async function imgaudit(argv: readonly string[], circumstances: Circumstances = {}): Promise<Answer> {
  const { env = {}, isTTY = false, stdoutFails, stdin = Readable.from([]), interruptAfter } = circumstances
  const stdout = new Sink(isTTY, stdoutFails)
  const stderr = new Sink(isTTY)
  const signal = interruptAfter === undefined ? new AbortController().signal : AbortSignal.timeout(interruptAfter)
  const code = await run({
    argv,
    env,
    cwd,
    homedir: home,
    now: () => new Date(),
    stdin,
    stdout,
    stderr,
    signal,
  })
  return { code, stdout: stdout.text, stderr: stderr.text }
}

describe('usage', () => {
  it('prints the version', async () => {
    expect(await imgaudit(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  it('prints help with examples, in 80 columns', async () => {
    const { code, stdout, stderr } = await imgaudit(['--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('docker save app:1 | imgaudit -')
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  })

  it('prints help on standard error when nothing is named', async () => {
    const { stdout: help } = await imgaudit(['--help'])
    expect(await imgaudit([])).toEqual({ code: 2, stdout: '', stderr: help })
  })

  it.each([
    [['--frmat', 'json', 'app.tar'], "unknown option '--frmat'", 'did you mean --format?'],
    [['app.tar', '--zzzzz'], "unknown option '--zzzzz'", 'imgaudit --help lists what there is'],
    [
      ['app.tar', '--format', 'xml'],
      "expected --format to be table, json, markdown, sarif, github, gitlab, junit, got 'xml'",
      '--format json',
    ],
    [['app.tar', '--format'], "option '-f, --format <names>' argument missing", 'imgaudit --help lists what there is'],
    [['app.tar', '--pull', 'no'], "expected --pull to be always, missing or never, got 'no'", '--pull missing'],
    [
      ['app.tar', '--timeout', '10'],
      "expected --timeout to be a time or none, got '10'",
      'write it like --timeout 30s, 10m or 1h',
    ],
    [
      ['app.tar', '--timeout', '0s'],
      "expected --timeout to be a time or none, got '0s'",
      'write it like --timeout 30s, 10m or 1h',
    ],
    [['app.tar', '--max-size', 'abc'], "expected --max-size to be a size, got 'abc'", 'write it like --max-size 3GB'],
    [
      ['app.tar', '--max-waste', '500M'],
      "expected --max-waste to be a size or a share, got '500M'",
      'say which of the two: 500MB (1000s) or 500MiB (1024s)',
    ],
    [['app.tar', '--top', '0'], "expected --top to be a whole number from 1 on, got '0'", '--top 11'],
    [
      ['app.tar', '--base-layers', '1', '--base', 'debian:12'],
      "option '--base-layers <n>' cannot be used with option '--base <image>'",
      'leave one of the two out',
    ],
    [
      ['app.tar', 'more'],
      'too many arguments: expected 1 argument but got 2',
      'name one image; a name with blanks needs quotes',
    ],
    [
      ['app.tar', '--gpu', 'sm_90,L40X'],
      "there is no GPU 'L40X'",
      'did you mean L40S or L40 or L20? --gpu list prints what is known',
    ],
    [['explain'], "missing required argument 'rule'", 'imgaudit rules lists the rules'],
    [['packages'], "missing required argument 'image'", 'name an image: imgaudit --help shows how'],
    [
      ['app.tar', '-o', 'report.html'],
      'the ending of report.html names no format',
      'give it one of these: .json, .txt, .md, .sarif, .xml; or name one of table, json, markdown, sarif, github, gitlab, junit: -o json=report.html',
    ],
  ])('%j: one sentence and a fix', async (argv, message, fix) => {
    const stderr = `error: ${message} (USAGE)\n  fix: ${fix}\n`
    expect(await imgaudit(argv)).toEqual({ code: 2, stdout: '', stderr })
  })

  it('lists the GPUs that it knows, without an image', async () => {
    const { code, stdout, stderr } = await imgaudit(['--gpu', 'list'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^ {2}sm_90 +H20, H100, H200/m)
    expect(stdout).toMatch(/^ {2}gfx942 +MI300A, MI300X/m)
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
    for (const words of [['demo'], ['app.tar'], ['packages', 'app.tar'], ['why', 'app.tar', '/a']])
      expect(await imgaudit([...words, '--gpu', 'list'])).toEqual({ code, stdout, stderr })
  })

  it('judges GPU code for the GPUs that are named, in one option or several', async () => {
    const rows = async (...argv: readonly string[]) => {
      const { stdout } = await imgaudit(['app.tar', '--no-cache', '-f', 'json', ...argv])
      const report: Report = JSON.parse(stdout)
      const found = report.findings.find(({ rule }) => rule === 'unused-gpu-code')
      return { gpus: report.gpuCode.find(({ arch }) => arch === 'sm_80')?.gpus, bytes: found?.bytes }
    }
    // Of the demo's library: each entry with a header of 64 bytes.
    expect(await rows()).toEqual({ gpus: null, bytes: undefined })
    expect(await rows('--gpu', 'A100')).toEqual({ gpus: ['A100'], bytes: 650_000 + 7 * 64 })
    expect(await rows('--gpu', 'A100', '--gpu', 'T4')).toEqual({ gpus: ['A100'], bytes: 560_000 + 6 * 64 })
    expect(await rows('--gpu', 'A100,L4')).toEqual({ gpus: ['A100', 'L4'], bytes: 550_000 + 6 * 64 })
  })

  it('colours errors on a terminal only', async () => {
    expect((await imgaudit(['--nope'], { isTTY: true })).stderr).toContain('\u001b[31merror:')
    expect((await imgaudit(['--nope'], { isTTY: true, env: { NO_COLOR: '1' } })).stderr).toMatch(/^error: /)
    expect((await imgaudit(['--nope', '--no-color'], { isTTY: true })).stderr).toMatch(/^error: /)
    expect((await imgaudit(['--nope'], { env: { FORCE_COLOR: '1' } })).stderr).toContain('\u001b[31m')
  })
})

describe('rules', () => {
  it('lists every rule, in 80 columns', async () => {
    const { code, stdout } = await imgaudit(['rules'])
    expect(code).toBe(0)
    for (const { id } of rules) expect(stdout).toContain(id)
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  })

  it.each(rules.map(rule => rule.id))('explains %s', async id => {
    const { code, stdout, stderr } = await imgaudit(['explain', id])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const word of ['Why:', 'Fix:', 'Keep:']) expect(stdout).toContain(`\n${word} `)
  })

  it.each([
    ['pipcache', 'did you mean pip-cache'],
    ['cache', 'did you mean '],
    ['zzzzzzzzzz', 'imgaudit rules lists them'],
  ])('names what is near to %s', async (id, fix) => {
    const { code, stdout, stderr } = await imgaudit(['explain', id])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(`error: there is no rule ${id} (RULE_UNKNOWN)\n  fix: ${fix}`)
  })
})

describe('an image', () => {
  it('gets a table', async () => {
    const { code, stdout, stderr } = await imgaudit(['app.tar'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^app\.tar\nlinux\/amd64 · \d+ layers/)
    expect(stdout).toContain('WHAT TO CHANGE')
    expect(stdout).not.toContain('\u001b')
  })

  it('gets its report as JSON, and nothing else', async () => {
    const { code, stdout, stderr } = await imgaudit(['app.tar', '-f', 'json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout).image.reference).toBe('app.tar')
  })

  it('gets a table of its packages, or the same as JSON', async () => {
    const { code, stdout, stderr } = await imgaudit(['packages', 'app.tar', '--top', '3'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^PACKAGES {2}[\d,]+ bytes of \d+ packages\n/)
    expect(stdout).toMatch(/ 1\.60 MB +5 {2}pip:torchdemo 2\.1\.0\n/)
    expect(stdout).toMatch(/\d+ others\n/)
    const { packages, unowned }: Report = JSON.parse((await imgaudit(['packages', 'app.tar', '-f', 'json'])).stdout)
    const report: Report = JSON.parse((await imgaudit(['app.tar', '-f', 'json'])).stdout)
    expect({ packages, unowned }).toEqual({ packages: report.packages, unowned: report.unowned })
  })

  it('can come through a pipe', async () => {
    const stdin = new PassThrough()
    stdin.end(readFileSync(join(cwd, 'app.tar')))
    const { code, stdout } = await imgaudit(['-', '--format', 'json'], { stdin })
    expect(code).toBe(0)
    const piped: Report = JSON.parse(stdout)
    const read: Report = JSON.parse((await imgaudit(['app.tar', '--format', 'json'])).stdout)
    expect(piped.causes).toEqual(read.causes)
  })

  it('is coloured on a terminal', async () => {
    expect((await imgaudit(['app.tar'], { isTTY: true })).stdout).toContain('\u001b[1m')
    expect((await imgaudit(['app.tar', '--no-color'], { isTTY: true })).stdout).not.toContain('\u001b')
  })

  it('goes into files by their endings, in the same run', async () => {
    const { code, stdout } = await imgaudit(['app.tar', '-o', 'a.json', '-o', 'a.txt', '--format', 'json'])
    expect(code).toBe(0)
    expect(readFileSync(join(cwd, 'a.json'), 'utf8')).toBe(stdout)
    expect(readFileSync(join(cwd, 'a.txt'), 'utf8')).toBe((await imgaudit(['app.tar'])).stdout)
    expect(readdirSync(cwd).sort()).toEqual(['a.json', 'a.txt', 'app.tar'])
  })

  it('is not read when a file cannot be written', async () => {
    expect(await imgaudit(['no-such-image', '-o', 'missing/report.json'])).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'error: missing/report.json cannot be written: missing is no folder (OUTPUT_FAILED)\n  fix: mkdir -p missing\n',
    })
  })

  it('that is none ends with 3', async () => {
    const { code, stdout, stderr } = await imgaudit(['./no-such.tar'])
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toMatch(/^error: .+ \([A-Z_]+\)\n {2}fix: .+\n$/s)
  })

  it('is quiet about a reader that has enough', async () => {
    const { code, stderr } = await imgaudit(['app.tar'], { stdoutFails: 'EPIPE' })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  it('says so when standard output is full', async () => {
    const { code, stderr } = await imgaudit(['app.tar'], { stdoutFails: 'ENOSPC' })
    expect(code).toBe(2)
    expect(stderr).toMatch(/^error: standard output cannot be written: write ENOSPC \(OUTPUT_FAILED\)\n {2}fix: /)
  })

  it('ends with 130 at Ctrl-C', async () => {
    // A pipe on which nothing comes any more.
    const stdin = new PassThrough()
    stdin.write(readFileSync(join(cwd, 'app.tar')).subarray(0, 1_000_000))
    expect(await imgaudit(['-'], { stdin, interruptAfter: 50 })).toEqual({
      code: 130,
      stdout: '',
      stderr: 'error: interrupted (INTERRUPTED)\n  fix: run the same command again\n',
    })
  })
})

describe('progress', () => {
  /** The demo through a pipe that stops for a while. */
  function slowly(): Readable {
    const stdin = new PassThrough()
    const bytes = readFileSync(join(cwd, 'app.tar'))
    stdin.write(bytes.subarray(0, 5_000_000))
    setTimeout(() => stdin.end(bytes.subarray(5_000_000)), 900)
    return stdin
  }

  it('is shown on a terminal after half a second, and takes itself away', async () => {
    const { code, stderr } = await imgaudit(['-'], { stdin: slowly(), isTTY: true })
    expect(code).toBe(0)
    expect(stderr).toMatch(/\d MB .*\/s/)
    expect(stderr.endsWith('\u001b[1G\u001b[2K')).toBe(true)
  })

  it('is not shown with --quiet, nor without a terminal', async () => {
    expect(await imgaudit(['-', '-q'], { stdin: slowly(), isTTY: true })).toMatchObject({ code: 0, stderr: '' })
    expect(await imgaudit(['-'], { stdin: slowly() })).toMatchObject({ code: 0, stderr: '' })
  })

  it.each([
    [{ phase: 'waiting', what: '', bytes: 0, total: 0, seconds: 3 }, 'waiting'],
    [{ phase: 'reading', what: '', bytes: 2e6, total: 0, seconds: 2 }, '2.00 MB  1.00 MB/s  reading'],
    [
      { phase: 'reading a', what: 'layer 3 of 12', bytes: 1e9, total: 4e9, seconds: 10 },
      '██░░░░░░  1.00 GB of 4.00 GB  100 MB/s  layer 3 of 12  reading a',
    ],
    [{ phase: 'a\u001b[2J', what: '', bytes: 5, total: 4, seconds: 1 }, '████████  4 B of 4 B  4 B/s  a\\u001b[2J'],
  ])('%j', (stand, line) => {
    expect(progressLine(stand, 8)).toBe(line)
  })
})

describe('a bug', () => {
  it('is told with its stack, and how to report it', async () => {
    const stdin = Object.assign(new PassThrough(), {
      [Symbol.asyncIterator]() {
        throw new RangeError('boom')
      },
    })
    const { code, stdout, stderr } = await imgaudit(['-'], { stdin })
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toContain('RangeError: boom\n')
    expect(stderr).toMatch(/\nerror: this is a bug in imgaudit, not in the image \(BUG\)\n {2}fix: report it .+\n$/)
  })
})

describe('budgets', () => {
  it('that are kept change nothing but the report', async () => {
    const { code, stdout, stderr } = await imgaudit(['app.tar', '--max-size', '1GB', '--max-waste', '90%'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/\n {2}ok {4}size is .+, the limit is 1\.00 GB\n/)
  })

  it('that are broken end with 1', async () => {
    const { code, stdout, stderr } = await imgaudit(['app.tar', '--max-size', '1MB', '--max-waste', '1%'])
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toMatch(/\n {2}OVER {2}size is .+, the limit is 1\.00 MB: .+ too much\n {2}OVER {2}waste is .+\n$/)
  })

  it('are told on standard error where a program reads the report', async () => {
    const { code, stdout, stderr } = await imgaudit(['app.tar', '--max-waste', '10kB', '--format', 'json'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^over budget: waste is .+, the limit is 10\.0 kB: .+ too much\n$/)
    expect(JSON.parse(stdout).budgets).toMatchObject([{ budget: 'waste', limit: 10_000, ok: false }])
  })
})
