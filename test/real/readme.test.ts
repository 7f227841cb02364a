import { execFile } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { writeDemo } from '../../src/demo.ts'
import { docker, run, withEngines } from './engines.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** The code blocks of one language under a heading, up to the next one of its rank. */
function blocks(heading: string, language: string): string[] {
  const section = readme.split(/^(?=## )/m).find(text => text.startsWith(`## ${heading}\n`)) ?? ''
  return [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, is, text = '']) =>
    is === language ? [text] : [],
  )
}

let folder = ''
let work = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'imgaudit-readme-'))
  work = join(folder, 'work')
  // A build of these sources, away from where others look for one.
  const built = join(folder, 'imgaudit')
  for (const name of ['bin', 'src', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'rolldown.config.mjs']) {
    cpSync(join(root, name), join(built, name), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(built, 'node_modules'))
  await run('npm', ['run', '--silent', 'build'], { cwd: built })
  // Notes every exit code: a line of a script is not the last one.
  const shim = `#!/bin/bash\nnode '${built}/bin/imgaudit.js' "$@"\ncode=$?\necho $code >>'${folder}/codes'\nexit $code\n`
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin/imgaudit'), shim)
  chmodSync(join(folder, 'bin/imgaudit'), 0o755)
  mkdirSync(join(work, 'node_modules'), { recursive: true })
  symlinkSync(built, join(work, 'node_modules/imgaudit'))
}, 300_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a block as it is written; answers with the exit codes of imgaudit. */
async function execute(script: string, env: Readonly<Record<string, string>> = {}): Promise<number[]> {
  rmSync(join(folder, 'codes'), { force: true })
  const PATH = `${join(folder, 'bin')}:${process.env.PATH}`
  const failure = await new Promise<string>(resolve => {
    const surroundings = { cwd: work, env: { ...process.env, HOME: folder, PATH, ...env }, maxBuffer: 2 ** 26 }
    execFile('bash', ['-c', script], surroundings, (_, __, stderr) => resolve(stderr))
  })
  expect(failure).not.toMatch(/error:|not found|fatal:/)
  return existsSync(join(folder, 'codes'))
    ? readFileSync(join(folder, 'codes'), 'utf8').trim().split('\n').map(Number)
    : []
}

await withEngines(['overlay2'], 'what the README says', engine => {
  const docked = { DOCKER_HOST: engine.host }

  beforeAll(async () => {
    await writeDemo(join(work, 'app.tar'))
    await docker(engine, 'load', '-q', '-i', join(work, 'app.tar'))
    await docker(engine, 'tag', 'imgaudit-demo:latest', 'app:1')
    writeFileSync(join(work, 'Dockerfile'), 'FROM app:1\nCOPY model.bin /opt/app/\n')
    writeFileSync(join(work, 'model.bin'), Buffer.alloc(3_000_000, 'm'))
    await docker(engine, 'build', '-q', '-t', 'app:2', work)
    cpSync(join(work, 'app.tar'), join(work, 'old.tar'))
    mkdirSync(join(work, 'reports'))
    const git = (...args: string[]) => run('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: work })
    await git('init', '-q', '-b', 'main')
    await git('commit', '-q', '--allow-empty', '-m', 'base')
    await git('update-ref', 'refs/remotes/origin/main', 'HEAD')
    await git('commit', '-q', '--allow-empty', '-m', 'change')
    return async () => {
      await docker(engine, 'rmi', '-f', 'app:1', 'app:2', 'imgaudit-demo:latest')
    }
  }, 300_000)

  it('compares', async () => {
    await execute(
      'imgaudit app:1 -q -o report-1.json; for n in 1 2; do imgaudit app:$n -q -o reports/$n.json; done',
      docked,
    )
    expect(await execute(blocks('What made it bigger', 'sh').join(''), docked)).toEqual([0, 0, 0])
  })

  it('holds budgets', async () => {
    // The demo is nothing but waste, and small.
    expect(await execute(blocks('Budgets', 'sh').join(''), docked)).toEqual([1, 0, 1, 1])
  })

  it('takes the configuration that it shows, and the one that init writes', async () => {
    const [configuration = ''] = blocks('Budgets', 'yaml')
    writeFileSync(join(work, 'imgaudit.config.yaml'), configuration)
    expect(await execute('imgaudit app:2', docked)).toEqual([1])
    rmSync(join(work, 'imgaudit.config.yaml'))
    expect(await execute('imgaudit init && imgaudit app:2', docked)).toEqual([0, 1])
    rmSync(join(work, 'imgaudit.config.yaml'))
  })

  it('writes entries that add up to the report', async () => {
    const [script = ''] = blocks('Formats', 'sh')
    expect(
      await execute(
        `${script}\n[ "$(jq -s 'map(.causes[].bytes) | add' files.ndjson)" = "$(jq .size.files report.json)" ] || echo error: >&2`,
      ),
    ).toEqual([0])
  })

  it('runs in any shell of CI, with a baseline and without one', async () => {
    const [first = '', second = ''] = blocks('In CI', 'sh')
    expect(await execute(first)).toEqual([1])
    // No report of the merge base yet: a notice.
    expect(await execute(second)).toEqual([0])
    expect(await execute('git update-ref refs/remotes/origin/main HEAD')).toEqual([])
    expect(await execute(second)).toEqual([0])
  })

  it('has workflows that parse, and run commands that exist', async () => {
    const [github, gitlab] = blocks('In CI', 'yaml').map(text => parse(text))
    expect(github.jobs.image.steps.length).toBeGreaterThan(3)
    const [command] = gitlab['image-size'].script
    expect(await execute(command)).toEqual([1])
    for (const name of ['imgaudit.json', 'gl-code-quality-report.json', 'imgaudit.xml']) {
      expect(existsSync(join(work, name)), name).toBe(true)
    }
  })

  it('completes, and has a manual', async () => {
    const [script = ''] = blocks('Completion and manual', 'sh')
    // man itself is not everywhere.
    expect(await execute(script.replace('| man -l -', '>manual.1'))).toEqual([0, 0, 0, 0])
  })

  it('is a library', async () => {
    const [script = ''] = blocks('As a library', 'ts')
    writeFileSync(join(work, 'library.mjs'), script)
    expect(await execute('node library.mjs')).toEqual([])
  })
})
