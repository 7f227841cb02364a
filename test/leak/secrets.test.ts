import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import pipCache from '../../fixtures/rule/pip-cache.ts'
import { failureOf } from '../../src/cli/failure.ts'
import { LayerCache } from '../../src/image/layer-cache.ts'
import { hasSecrets } from '../../src/image/secret-document.ts'
import { makeReport } from '../../src/report/report.ts'
import { candidatesOf } from '../../src/savings/candidates.ts'
import { settle } from '../../src/savings/settle.ts'
import { configuration, digest } from '../archive.ts'
import { imgaudit as run } from '../cli/imgaudit.ts'
import { examine } from '../fixture.ts'
import { expectNoSecret, instructions, secret, secretDockerfile, secretsImage } from './secrets-image.ts'

let cwd = ''
let archive: Buffer

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'imgaudit-secrets-'))
  archive = await secretsImage()
  writeFileSync(join(cwd, 'app.tar'), archive)
  writeFileSync(join(cwd, 'Dockerfile'), secretDockerfile())
  const { code, stderr } = await imgaudit('app.tar', '-o', 'app.json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

afterAll(() => rmSync(cwd, { recursive: true }))

function imgaudit(...argv: readonly string[]) {
  return run(cwd, argv, { homedir: cwd, env: { XDG_CACHE_HOME: join(cwd, 'cache') }, stdin: Readable.from([archive]) })
}

const limits = ['--max-size', '1', '--max-waste', '1', '--max-layer', '1', '--fail-on', 'secrets']
const documents: Readonly<Record<string, readonly string[]>> = {
  image: ['app.tar', ...limits, '--all', '--against', 'app.json'],
  'image with its Dockerfile': ['app.tar', ...limits, '--all', '--dockerfile', 'Dockerfile'],
  'stored report': ['app.json', ...limits, '--all'],
  comparison: ['compare', 'app.tar', 'app.json', ...limits, '--all', '--dockerfile', 'Dockerfile'],
}
const views: Readonly<Record<string, readonly string[]>> = {
  'image from a pipe': ['-', ...limits, '--all'],
  packages: ['packages', 'app.tar', '--all'],
  'why of a key': ['why', 'app.tar', '/root/.ssh/id_rsa'],
  'why of a folder': ['why', 'app.tar', '/opt'],
  trend: ['trend', 'app.json', 'again.json', ...limits],
  cache: ['cache'],
}

describe('no value of a secret is shown', () => {
  describe.each(Object.entries(documents))('%s', (name, argv) => {
    it.each(['table', 'json', 'markdown', 'sarif', 'github', 'gitlab', 'junit'])('as %s', async format => {
      const { stdout, stderr } = await imgaudit(...argv, '-f', format)
      expect(stderr).not.toContain('BUG')
      expectNoSecret(stdout + stderr, name)
    })
  })

  it.each(Object.entries(views))('%s', async (name, argv) => {
    writeFileSync(join(cwd, 'again.json'), readFileSync(join(cwd, 'app.json')))
    for (const format of ['table', 'json']) {
      const { stdout, stderr } = await imgaudit(...argv, '-f', format)
      expect(stderr).not.toContain('BUG')
      expectNoSecret(stdout + stderr, name)
    }
  })

  it('in any file, the folder of the cache included, which has read all layers', async () => {
    const argv = [
      '-',
      '-f',
      'table,github',
      '-o',
      'o.json',
      '-o',
      'o.md',
      '-o',
      'o.sarif',
      '-o',
      'o.xml',
      '-o',
      'o.txt',
    ]
    const env = { XDG_CACHE_HOME: join(cwd, 'cache'), GITHUB_STEP_SUMMARY: join(cwd, 'summary') }
    const stdin = Readable.from([archive])
    const { code } = await run(cwd, [...argv, '--entries', 'o.ndjson'], { homedir: cwd, env, stdin })
    expect(code).toBe(0)
    for (const name of ['o.json', 'o.md', 'o.sarif', 'o.xml', 'o.txt', 'o.ndjson', 'summary']) {
      expectNoSecret(readFileSync(join(cwd, name)), name)
    }
    const cached = readdirSync(join(cwd, 'cache/imgaudit/layers'))
    expect(cached.length).toBeGreaterThan(20)
    for (const name of cached) expectNoSecret(readFileSync(join(cwd, 'cache/imgaudit/layers', name)), name)
  })

  it('but where each is and what it is', async () => {
    const { stdout } = await imgaudit('app.tar', '--all')
    for (const told of [
      '/root/.ssh/id_rsa',
      '/root/.npmrc',
      'API_KEY',
      'HF_TOKEN',
      'DEPLOY_TOKEN',
      'PGPASSWORD',
      'DB_PASS',
    ]) {
      expect(stdout).toContain(told)
    }
    expect(stdout).toContain('URL with credentials')
  })
})

describe('a configuration with secrets', () => {
  it('is not kept in the cache', async () => {
    expect(hasSecrets(configuration({ layers: [] }))).toBe(false)
    for (const config of [
      { config: { Env: [`API_KEY=${secret('ENV')}`] } },
      { config: { Labels: { 'app.token': secret('label') } } },
      { history: [{ created_by: `ENV OLD_PASSWORD ${secret('ENV without a sign')}` }] },
    ]) {
      expect(hasSecrets(configuration({ layers: [], config }))).toBe(true)
    }
    expect(hasSecrets(Buffer.from('{'))).toBe(true)
    const cache = new LayerCache(join(cwd, 'documents'))
    const [plain, secretive] = [{}, { config: { Env: [`API_KEY=${secret('ENV')}`] } }].map(config =>
      configuration({ layers: [], config }),
    )
    for (const bytes of [plain, secretive]) if (bytes) cache.putDocument(digest(bytes), bytes)
    expect(cache.document(digest(plain ?? archive))).toEqual(plain)
    expect(cache.document(digest(secretive ?? archive))).toBeUndefined()
  })
})

describe('an error shows no password', () => {
  it.each([
    ['of a reference', `docker:https://me:${secret('reference')}@host.example/app:1`, {}],
    ['of a bare reference', `https://me:${secret('bare reference')}@host.example/app`, {}],
    ['of a file', `docker-archive:/none/https://me:${secret('file')}@host/a.tar`, {}],
    ['of DOCKER_HOST', 'docker:app:1', { DOCKER_HOST: `tcp://me:${secret('DOCKER_HOST')}@127.0.0.1:1` }],
    ['of DOCKER_HOST without a scheme', 'docker:app:1', { DOCKER_HOST: `me:${secret('no scheme')}@127.0.0.1:1` }],
    ['with an @ in it', 'docker:app:1', { DOCKER_HOST: `tcp://me:x@${secret('an @')}@127.0.0.1:1` }],
    ['of a DOCKER_HOST that is none', 'docker:app:1', { DOCKER_HOST: `gopher://me:${secret('gopher')}@host` }],
    ['of CONTAINER_HOST', 'podman:app:1', { CONTAINER_HOST: `tcp://me:${secret('CONTAINER_HOST')}@127.0.0.1:1` }],
  ])('%s', async (_, reference, env) => {
    const { code, stdout, stderr } = await run(cwd, [reference], { homedir: cwd, env })
    expect([code, stdout]).toEqual([expect.toBeOneOf([2, 3]), ''])
    expect(stderr).not.toContain('BUG')
    expectNoSecret(stderr, reference)
  })

  it('that a registry quotes', async () => {
    const password = secret('registry')
    const socket = join(cwd, 'engine.sock')
    let pulls = 0
    const server = createServer((request, response) => {
      if (request.url?.endsWith('/version')) return response.end(JSON.stringify({ ApiVersion: '1.41' }))
      if (!request.url?.includes('/images/create')) return response.writeHead(404).end('{"message":"none"}')
      pulls++
      const given = String(request.headers['x-registry-auth'])
      expect(Buffer.from(given, 'base64').toString()).toContain(password)
      const basic = Buffer.from(`me:${password}`).toString('base64')
      response.end(`${JSON.stringify({ error: `401 for me:${password}, Basic ${basic} (${given})` })}\n`)
    })
    await new Promise<void>(resolve => server.listen(socket, resolve))
    onTestFinished(() => void server.close())
    mkdirSync(join(cwd, '.docker'), { recursive: true })
    const auth = Buffer.from(`me:${password}`).toString('base64')
    writeFileSync(join(cwd, '.docker/config.json'), JSON.stringify({ auths: { 'r.example': { auth } } }))
    const env = { DOCKER_HOST: `unix://${socket}` }
    const { stderr } = await run(cwd, ['docker:r.example/app:1', '--pull', 'always'], { homedir: cwd, env })
    expect(stderr).toContain('401 for me:***')
    expectNoSecret(stderr, 'registry')
    const debugged = { ...env, NODE_DEBUG: 'http,net' }
    const { code, stderr: refused } = await run(cwd, ['docker:r.example/app:1', '--pull', 'always'], {
      homedir: cwd,
      env: debugged,
    })
    expect([code, refused]).toEqual([2, expect.stringContaining('NODE_DEBUG=http,net would print')])
    expect(pulls).toBe(1)
  })

  it('that a credential helper answers with, which is no JSON', async () => {
    const bin = join(cwd, 'bin')
    mkdirSync(bin)
    const answer = `password is ${secret('helper')}`
    writeFileSync(join(bin, 'docker-credential-odd'), `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 })
    const home = join(cwd, 'home')
    mkdirSync(join(home, '.docker'), { recursive: true })
    writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ credsStore: 'odd' }))
    const { registryAuth } = await import('../../src/source/engine/registry-auth.ts')
    expect(await registryAuth('app', { homedir: home, env: { PATH: `${bin}:${process.env.PATH}` } })).toBeUndefined()
  })

  it('of what is no JSON, in the stack of a bug', async () => {
    const host = { argv: [], env: {}, stderr: process.stderr }
    for (const text of [secret('bug'), `{"a": ${secret('bug')}`, `{"a": 1} ${secret('bug')}`, `\n${secret('bug')}\n`]) {
      const error = await Promise.resolve(text)
        .then(JSON.parse)
        .catch((thrown: unknown) => thrown)
      const { text: told } = await failureOf(error, host)
      expect(told).toContain('BUG')
      expectNoSecret(told, text)
    }
    const { text: told } = await failureOf(new Error(`cannot log in: password=${secret('bug')}`), host)
    expect(told).toContain('password=***')
  })
})

describe('what a rule says', () => {
  it('is masked once more, whatever it quotes', async () => {
    const evidence = await examine(pipCache)
    const settled = settle(evidence, candidatesOf(evidence))
    const said = `found ${instructions()[4]} and API_KEY=${secret('ENV')}`
    const findings = settled.findings.map(one => ({
      ...one,
      finding: {
        ...one.finding,
        message: said,
        because: [said],
        fix: { ...one.finding.fix, before: said, after: said },
      },
    }))
    const image = { ...evidence.image, notices: [{ code: 'a', message: said }] }
    const report = makeReport({ ...evidence, image }, { ...settled, findings }, '0')
    expect(report.findings.length).toBeGreaterThan(0)
    expect(report.notices[0]?.message).toContain('https://***@example.com')
    expectNoSecret(JSON.stringify(report), 'report')
  })
})
