import { type SpawnSyncReturns, spawn } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { writeDemo } from '../src/demo.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const step = z.object({
  name: z.string().optional(),
  uses: z.string().optional(),
  id: z.string().optional(),
  if: z.string().optional(),
  shell: z.string().optional(),
  env: z.record(z.string(), z.string()).default({}),
  run: z.string().optional(),
})
const action = z
  .object({
    inputs: z.record(
      z.string(),
      z.object({ description: z.string(), required: z.boolean().optional(), default: z.string().optional() }),
    ),
    outputs: z.record(z.string(), z.object({ description: z.string(), value: z.string() })),
    runs: z.object({ using: z.literal('composite'), steps: z.array(step) }),
  })
  .parse(parse(readFileSync(join(root, 'action.yml'), 'utf8')))

let scratch = ''
let workspace = ''
let checkout = ''
let runs = 0

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'imgaudit-action-'))
  workspace = join(scratch, 'work space')
  mkdirSync(workspace)
  await writeDemo(join(workspace, 'app.tar'))
  checkout = checkOut()
})

afterAll(() => rmSync(scratch, { recursive: true }))

/** What the runner has of the action: what git has, nothing built, and packages that come with npm ci. */
function checkOut(): string {
  const folder = join(scratch, 'checkout')
  for (const name of ['bin', 'src', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'rolldown.config.mjs']) {
    cpSync(join(root, name), join(folder, name), { recursive: true })
  }
  // The registry is not asked: its npm ci finds what the tests run with.
  const npm = join(scratch, 'npm')
  mkdirSync(npm)
  writeFileSync(
    join(npm, 'npm'),
    `#!/bin/bash
if [ "$1" = ci ]; then echo "$*" >>"${scratch}/npm-ci"; ln -sfn "${root}node_modules" node_modules; exit; fi
PATH=\${PATH#*:} exec npm "$@"
`,
  )
  chmodSync(join(npm, 'npm'), 0o755)
  return folder
}

interface Run {
  readonly code: number
  readonly log: string
  readonly summary: string
  readonly outputs: Readonly<Record<string, string>>
}

type Inputs = Readonly<Record<string, string>>

/** Runs the steps as a runner does: each is a script of its own, and the first that fails is the last. */
async function runAction(inputs: Inputs, env: Inputs = {}): Promise<Run> {
  const temp = join(scratch, String(++runs))
  mkdirSync(temp)
  const files = { GITHUB_OUTPUT: join(temp, 'output'), GITHUB_STEP_SUMMARY: join(temp, 'summary') }
  for (const file of Object.values(files)) writeFileSync(file, '')
  const outputs: Record<string, string> = {}
  const values = (expression: string) => resolved(expression, inputs, outputs)
  let log = ''
  let code = 0
  for (const { id, if: condition, env: own, run } of action.runs.steps) {
    if (run === undefined || (condition !== undefined && values(`\${{ ${condition} }}`) !== 'true')) continue
    const script = join(temp, 'script.sh')
    writeFileSync(script, run)
    const given = Object.fromEntries(Object.entries(own).map(([name, value]) => [name, values(value)]))
    const ended = await bash(script, {
      HOME: temp,
      PATH: `${scratch}/npm:${process.env.PATH}`,
      RUNNER_TEMP: temp,
      GITHUB_ACTION_PATH: checkout,
      GITHUB_ACTIONS: 'true',
      ...files,
      ...env,
      ...given,
    })
    log += ended.stdout + ended.stderr
    code = ended.status ?? -1
    if (id !== undefined) {
      for (const line of readFileSync(files.GITHUB_OUTPUT, 'utf8').split('\n').filter(Boolean)) {
        const equals = line.indexOf('=')
        outputs[`${id}.${line.slice(0, equals)}`] = line.slice(equals + 1)
      }
    }
    if (code !== 0) break
  }
  const own = Object.entries(action.outputs).map(([name, { value }]) => [name, values(value)] as const)
  return { code, log, summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'), outputs: Object.fromEntries(own) }
}

/** As `shell: bash` starts it: docs.github.com, workflow syntax, jobs.<id>.steps[*].shell. */
async function bash(
  script: string,
  env: Inputs,
): Promise<Pick<SpawnSyncReturns<string>, 'stdout' | 'stderr' | 'status'>> {
  // Not spawnSync: the server of this process is to answer.
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], { cwd: workspace, env })
  const ended = new Promise<number | null>(resolve => child.on('close', resolve))
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { stdout, stderr, status }
}

/** Of the few expressions that the action has. */
function resolved(template: string, inputs: Inputs, outputs: Inputs): string {
  return template.replace(/\$\{\{ (.+?) \}\}/g, (_, expression: string) => {
    const [, input = '', wanted] = /^inputs\.([\w-]+)(?: == '(.*)')?$/.exec(expression) ?? []
    if (input !== '') {
      const value = inputs[input] ?? resolved(action.inputs[input]?.default ?? '', inputs, outputs)
      return wanted === undefined ? value : String(value === wanted)
    }
    if (expression === 'github.token') return 'of the job'
    const [, output] = /^steps\.(.+)$/.exec(expression) ?? []
    if (output === undefined) throw new Error(`what is ${expression}?`)
    return outputs[output.replace('.outputs.', '.')] ?? ''
  })
}

describe('action.yml', () => {
  it('puts nothing from outside into a script', () => {
    for (const { run } of action.runs.steps) expect(run ?? '').not.toContain('${{')
  })

  it('pins what it uses by commit', () => {
    const used = action.runs.steps.flatMap(({ uses }) => uses ?? [])
    expect(used).toHaveLength(1)
    for (const name of used) expect(name).toMatch(/@[0-9a-f]{40}$/)
  })

  it('hands every input to a step, and every step an input that there is', () => {
    const expressions = action.runs.steps.flatMap(({ if: condition = '', env }) => [condition, ...Object.values(env)])
    const used = expressions.flatMap(text => [...text.matchAll(/inputs\.([\w-]+)/g)].map(match => match[1] ?? ''))
    expect(new Set(used)).toEqual(new Set(Object.keys(action.inputs)))
  })

  it('has a shell for every script', () => {
    for (const { run, shell } of action.runs.steps) expect(shell).toBe(run === undefined ? undefined : 'bash')
  })
})

describe('the action', () => {
  it('builds itself once, audits, and says size, waste and report', async () => {
    const { code, outputs, summary, log } = await runAction({ image: 'app.tar', gpu: 'H100' })
    expect(log).toMatch(/\n::stop-commands::([\da-f-]{36})\n[\s\S]*WHAT TO CHANGE[\s\S]*\n::\1::\n/)
    expect(code).toBe(0)
    const report = JSON.parse(readFileSync(join(workspace, 'imgaudit-report.json'), 'utf8'))
    const waste: number[] = report.causes.flatMap((cause: { kind: string; bytes: number }) =>
      cause.kind === 'waste' ? [cause.bytes] : [],
    )
    expect(outputs).toEqual({
      size: String(report.size.files),
      waste: String(waste.reduce((sum, bytes) => sum + bytes, 0)),
      report: 'imgaudit-report.json',
    })
    expect(summary).toContain('imgaudit')
    expect((await runAction({ image: 'app.tar' })).code).toBe(0)
    expect(readFileSync(join(scratch, 'npm-ci'), 'utf8')).toBe('ci --ignore-scripts --no-audit --no-fund\n')
  })

  it('ends with 1 over a budget, with its outputs said', async () => {
    const { code, outputs, log } = await runAction({ image: 'app.tar', 'max-waste': '1%', report: 'over.json' })
    expect(code).toBe(1)
    expect(Number(outputs.waste)).toBeGreaterThan(1_000_000)
    expect(outputs.report).toBe('over.json')
    expect(log).toContain('::error')
  })

  it('hands every option on', async () => {
    const limits = {
      'max-size': '1GB',
      'max-waste': '99%',
      'max-layer': '1GB',
      'max-growth': '5%',
      'fail-on': 'secrets',
    }
    writeFileSync(join(workspace, 'own.yaml'), 'budgets:\n  size: 500MB\n')
    const given = {
      ...limits,
      image: 'app.tar',
      report: 'all.json',
      config: 'own.yaml',
      gpu: 'L4',
      against: 'none.json',
    }
    await runAction({ ...given, args: `--max-cause 'pip:torch=2GB'\n--verify` })
    const { budgets, gpuCode, layers } = JSON.parse(readFileSync(join(workspace, 'all.json'), 'utf8'))
    const names = budgets.map(({ budget }: { readonly budget: string }) => budget)
    for (const name of ['size', 'waste', 'layer', 'causes.pip:torch', 'failOn.secrets']) expect(names).toContain(name)
    expect(gpuCode.some(({ gpus }: { readonly gpus: string[] }) => gpus?.includes('L4'))).toBe(true)
    expect(layers[0].verified).toBe(true)
  })

  it('ends with the code of an image that cannot be read', async () => {
    const { code, log, outputs } = await runAction({ image: './none.tar' })
    expect(code).toBe(3)
    expect(log).toContain('none.tar')
    expect(outputs.size).toBe('')
  })

  it.each([
    ['image', '$(touch "$RUNNER_TEMP/../pwned")'],
    ['image', '"; touch "$RUNNER_TEMP/../pwned"; "'],
    ['image', "x' `touch $RUNNER_TEMP/../pwned` '"],
    ['image', '--output=../pwned'],
    ['image', 'a\nb;touch ../pwned'],
    ['args', '$(touch ../pwned) `touch ../pwned` ; touch ../pwned'],
    ['max-size', '1GB; touch ../pwned'],
    ['report', '$(touch ../pwned).json'],
  ])('runs nothing that stands in %s: %j', async (input, value) => {
    const { outputs } = await runAction({ image: 'app.tar', report: 'hostile.json', [input]: value })
    expect(existsSync(join(scratch, 'pwned'))).toBe(false)
    expect(existsSync(join(workspace, 'pwned'))).toBe(false)
    expect(Object.keys(outputs)).toEqual(['size', 'waste', 'report'])
  })
})

interface Comment {
  readonly id: number
  readonly body: string
}

describe('the comment', () => {
  let server: Server
  let env: Record<string, string> = {}
  let comments: Comment[] = []
  let asked: string[] = []
  let refuses: number | undefined

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const { method = '', url = '', headers } = request
      asked.push(`${method} ${url}`)
      const body = await text(request)
      const answer = (status: number, document: object) => response.writeHead(status).end(JSON.stringify(document))
      if (headers.authorization !== 'Bearer of the job') return answer(401, {})
      const wanted = new URL(url, 'http://localhost')
      if (method === 'GET' && wanted.pathname === '/repos/acme/app/issues/7/comments') {
        const page = Number(wanted.searchParams.get('page'))
        return answer(200, comments.slice((page - 1) * 2, page * 2))
      }
      if (refuses !== undefined) return answer(refuses, {})
      const comment = {
        id: comments.length + 1,
        body: String(JSON.parse(body).body),
        html_url: 'https://github.test/c',
      }
      if (method === 'POST' && url === '/repos/acme/app/issues/7/comments') {
        comments.push(comment)
        return answer(201, comment)
      }
      const id = Number(/^\/repos\/acme\/app\/issues\/comments\/(\d+)$/.exec(url)?.[1])
      comments = comments.map(old => (old.id === id && method === 'PATCH' ? { ...comment, id } : old))
      return answer(200, comment)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    writeFileSync(join(scratch, 'event.json'), JSON.stringify({ pull_request: { number: 7 } }))
    writeFileSync(join(scratch, 'push.json'), JSON.stringify({ ref: 'refs/heads/main' }))
    env = {
      GITHUB_API_URL: `http://127.0.0.1:${port}`,
      GITHUB_REPOSITORY: 'acme/app',
      GITHUB_EVENT_PATH: join(scratch, 'event.json'),
    }
  })

  beforeEach(() => {
    comments = [1, 2, 3].map(id => ({ id, body: `of somebody\n<!-- imgaudit:app.tar --> ${id}` }))
    asked = []
    refuses = undefined
  })

  afterAll(() => server.close())

  it('is made once, over all pages of comments, and changed by the next run', async () => {
    const first = await runAction({ image: 'app.tar', comment: 'true' }, env)
    expect(first.log).toContain('Commented: https://github.test/c')
    expect(first.code).toBe(0)
    expect(comments).toHaveLength(4)
    expect(comments[3]?.body).toMatch(/^<!-- imgaudit:.*app.*-->\n/)
    expect(comments[3]?.body).toContain('pip-cache')
    const second = await runAction({ image: 'docker-archive:app.tar', comment: 'true', 'max-size': '1MB' }, env)
    expect(second.code).toBe(1)
    expect(second.log).toContain('Changed the comment')
    expect(comments).toHaveLength(4)
    expect(asked.filter(line => !line.startsWith('GET'))).toEqual([
      'POST /repos/acme/app/issues/7/comments',
      'PATCH /repos/acme/app/issues/comments/4',
    ])
  })

  it('says what changed where there is something to compare with, else says that there is not', async () => {
    await runAction({ image: 'app.tar', report: 'main.json' })
    const there = await runAction({ image: 'app.tar', comment: 'true', against: 'main.json' }, env)
    expect(comments[3]?.body).toContain('### `app.tar` is as large as before')
    expect(there.code).toBe(0)
    const args = "--top 3 --max-cause 'pip-cache=1kB' --verify --fail-on=secrets"
    const over = await runAction({ image: 'app.tar', comment: 'true', against: 'main.json', args }, env)
    expect(over.code).toBe(1)
    expect(comments[3]?.body).toContain('### ❌ Over budget: `app.tar` is as large as before')
    expect(comments[3]?.body.match(/❌ over: /g)).toHaveLength(2)
    const gone = await runAction({ image: 'app.tar', comment: 'true', against: 'gone.json', 'max-growth': '5%' }, env)
    expect(gone.log).toContain('::notice title=imgaudit::growth was not judged')
    expect(gone.log).not.toContain('error:')
    expect(gone.code).toBe(0)
    expect(comments).toHaveLength(4)
  })

  it('is left out of a run that is for no pull request', async () => {
    const push = { ...env, GITHUB_EVENT_PATH: join(scratch, 'push.json') }
    const { code, log } = await runAction({ image: 'app.tar', comment: 'true' }, push)
    expect([code, asked]).toEqual([0, []])
    expect(log).toContain('This run is for no pull request')
  })

  it('is a warning where the token may not write, and an error where GitHub fails', async () => {
    refuses = 403
    const fork = await runAction({ image: 'app.tar', comment: 'true' }, env)
    expect(fork.log).toContain('::warning title=imgaudit::no comment was made: the token may not write')
    expect(fork.code).toBe(0)
    refuses = 502
    const broken = await runAction({ image: 'app.tar', comment: 'true' }, env)
    expect(broken.log).toContain('::error title=imgaudit::no comment was made: POST')
    expect(broken.code).toBe(1)
    const nobody = await runAction(
      { image: 'app.tar', comment: 'true' },
      { ...env, GITHUB_API_URL: 'http://127.0.0.1:9' },
    )
    expect(nobody.log).toMatch(/::error title=imgaudit::no comment was made: fetch failed/)
    expect(nobody.code).toBe(1)
  })

  it('is one for all tags of an image, and never of what is no page of ours', async () => {
    const script = join(scratch, 'comment.sh')
    const comment = async (page: string) => {
      writeFileSync(join(workspace, 'page.md'), page)
      writeFileSync(script, `node "${root}bin/pull-request-comment.js" page.md\n`)
      return bash(script, { ...env, PATH: process.env.PATH ?? '', GITHUB_TOKEN: 'of the job' })
    }
    for (const text of ['first', 'second']) await comment(`<!-- imgaudit:ghcr.io/acme/app -->\r\n${text}\n`)
    expect(comments.slice(3).map(({ body }) => body)).toEqual(['<!-- imgaudit:ghcr.io/acme/app -->\r\nsecond\n'])
    const other = await comment('# Somebody else\n')
    expect(other.status).toBe(1)
    expect(other.stdout).toBe(
      '::error title=imgaudit::no comment was made: the page does not begin with <!-- imgaudit:… -->\n',
    )
    expect(comments).toHaveLength(4)
  })
})
