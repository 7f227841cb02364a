import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { isEngineName } from '../../src/source/engine/engine.ts'
import { readDiffIds } from '../../src/source/index.ts'
import { configuration, digest, docker29Archive, type ImageParts, json, layerTar, legacyArchive } from '../archive.ts'
import { failure, open, scratch } from './open.ts'

let parts: ImageParts
let archive: Buffer

beforeAll(async () => {
  parts = { layers: [await layerTar({ 'a/b': 'c'.repeat(90_000) })], name: 'app:1' }
  archive = await legacyArchive(parts)
})

/** What an engine answers, by the end of the path; everything else is not there. */
type Answers = Readonly<Record<string, (url: URL, headers: Record<string, unknown>) => Buffer | object | number>>

const graphDriver: Answers = {
  '/version': () => ({ ApiVersion: '1.41' }),
  '/images/app:1/json': () => inspected,
  '/images/sha256:1/get': () => archive,
}
const inspected = {
  Id: 'sha256:1',
  Os: 'linux',
  Architecture: 'amd64',
  Size: 90_000,
  RepoDigests: [`app@${digest(Buffer.alloc(1))}`],
}

/** An engine's socket; the paths that it was asked for come after the version. */
async function engine(answers: Answers): Promise<{ socket: string; asked: string[] }> {
  const asked: string[] = []
  const listener: RequestListener = (request, response) => {
    const url = new URL(request.url ?? '', 'http://engine')
    asked.push(`${request.method} ${decodeURIComponent(request.url ?? '')}`)
    const answer = answers[url.pathname.replace(/^\/v[\d.]+/, '')]?.(url, request.headers) ?? 404
    if (answer === -1) response.write(archive.subarray(0, 5000), () => response.destroy())
    else if (typeof answer === 'number')
      response.writeHead(answer).end(JSON.stringify({ message: `the engine says ${answer}` }))
    else response.end(Buffer.isBuffer(answer) ? answer : JSON.stringify(answer))
  }
  const socket = join(scratch(), 'engine.sock')
  const server = createServer(listener)
  await new Promise<void>(resolve => server.listen(socket, resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { socket, asked }
}

async function docker(answers: Answers) {
  const { socket, asked } = await engine(answers)
  return { asked, env: { DOCKER_HOST: `unix://${socket}` } }
}

test('an image of a graph driver', async () => {
  const { env, asked } = await docker(graphDriver)
  const image = await open('app:1', { env })
  expect(image).toMatchObject({ reference: 'app:1', source: 'docker', platform: 'linux/amd64' })
  expect(image.id).toBe(digest(configuration(parts)))
  expect(image.digest).toBe(digest(Buffer.alloc(1)))
  expect(image.layers.map(layer => layer.stored)).toEqual([undefined])
  expect(asked).toEqual(['GET /version', 'GET /v1.41/images/app:1/json', 'GET /v1.41/images/sha256:1/get'])
})

test("an image of containerd's store is asked for by platform, and never by a newer API than is known", async () => {
  const platform = { os: 'linux', architecture: 's390x' }
  const known = { Kind: 'image', Available: true, ImageData: { Platform: platform, Size: { Unpacked: 1 } } }
  const plain = { ...parts, architecture: 's390x' }
  const export29 = await docker29Archive(plain)
  const { env, asked } = await docker({
    '/version': () => ({ ApiVersion: '1.99' }),
    '/images/app:1/json': () => ({ ...inspected, Descriptor: {}, Manifests: [known] }),
    '/images/sha256:1/get': () => export29,
  })
  expect((await open('docker:app:1', { env })).platform).toBe('linux/s390x')
  expect(asked.at(-1)).toBe('GET /v1.52/images/sha256:1/get?platform={"os":"linux","architecture":"s390x"}')
  expect((await failure(open('docker:app:1', { env, platform: 'linux/arm' }))).code).toBe('PLATFORM_MISSING')
})

test('what containerd knows of but does not hold', async () => {
  const of = (unpacked: number) => ({
    '/version': () => ({ ApiVersion: '1.50' }),
    '/images/app:1/json': () => {
      const data = { Platform: { os: 'linux', architecture: 'amd64' }, Size: { Unpacked: unpacked } }
      return { ...inspected, Descriptor: {}, Manifests: [{ Kind: 'image', Available: false, ImageData: data }] }
    },
  })
  expect((await failure(open('docker:app:1', { env: (await docker(of(0))).env }))).code).toBe('PLATFORM_MISSING')
  expect((await failure(open('docker:app:1', { env: (await docker(of(9))).env }))).code).toBe('BLOB_MISSING')
})

describe('pulling', () => {
  const pulling = (lines: string, seen: (headers: Record<string, unknown>) => void = () => undefined): Answers => {
    let pulled = false
    return {
      ...graphDriver,
      '/images/app:1/json': () => (pulled ? inspected : 404),
      '/images/create': (_, headers) => {
        pulled = true
        seen(headers)
        return Buffer.from(lines)
      },
    }
  }

  test('says so, with the bytes, and logs in as docker does', async () => {
    let auth: unknown
    const line = (current: number) =>
      JSON.stringify({ id: 'a', status: 'Downloading', progressDetail: { current, total: 9 } })
    const { env, asked } = await docker(
      pulling(`${line(4)}\n${line(9)}\n{"status":"done"}\n`, headers => {
        auth = JSON.parse(Buffer.from(String(headers['x-registry-auth']), 'base64url').toString())
      }),
    )
    const config = scratch()
    const login = { auths: { 'https://index.docker.io/v1/': { auth: Buffer.from('me:pass:word').toString('base64') } } }
    writeFileSync(join(config, 'config.json'), json(login))
    const phases: string[] = []
    let bytes = 0
    const progress = {
      begin: (phase: string) => phases.push(phase),
      advance: (more: number, what?: string) => {
        if (what === 'layer a') bytes += more
      },
      end: () => undefined,
    }
    await open('app:1', { env: { ...env, DOCKER_CONFIG: config }, pull: 'missing', progress, platform: 'linux/amd64' })
    expect(phases).toEqual(['Docker is pulling app:1', 'waiting for Docker to export app:1', 'reading app:1'])
    expect(bytes).toBe(9)
    expect(auth).toEqual({ username: 'me', password: 'pass:word', serveraddress: 'https://index.docker.io/v1/' })
    expect(asked).toContain('POST /v1.41/images/create?fromImage=app&tag=1&platform=linux/amd64')
  })

  test('that fails', async () => {
    const { env } = await docker(
      pulling('{"status":"Pulling"}\n{"errorDetail":{"message":"denied: no"},"error":"denied: no"}\n'),
    )
    const error = await failure(open('docker:app:1', { env, pull: 'missing' }))
    expect(error.code).toBe('IMAGE_MISSING')
    expect(error.message).toContain('denied: no')
  })

  test('never happens when it may not, nor for an ID, nor for the name of a file', async () => {
    const { env, asked } = await docker(graphDriver)
    for (const [name, pull] of [
      ['none:1', 'never'],
      ['0123456789ab', 'missing'],
      ['app.tar', 'missing'],
    ] as const) {
      expect((await failure(open(name, { env, pull }))).code).toBe('IMAGE_MISSING')
    }
    expect(asked.filter(line => line.startsWith('POST'))).toEqual([])
  })
})

describe('failures', () => {
  test.each([
    ['it is cut short', -1],
    ['it ends early, as if all were well', () => archive.subarray(0, 5000)],
    [
      'an error stands behind the beginning',
      () => Buffer.concat([archive.subarray(0, 4096), json({ message: 'disk full' })]),
    ],
    ['it has no manifest', async () => layerTar({ 'a/layer.tar': 'x' })],
    ['the engine refuses', 500],
  ])('of the export: %s', async (_, answer) => {
    const body = typeof answer === 'number' ? answer : await answer()
    const { env } = await docker({ ...graphDriver, '/images/sha256:1/get': () => body })
    expect((await failure(open('docker:app:1', { env }))).code).toBe('ENGINE_FAILED')
  })

  test('of being asked for an image', async () => {
    const { env } = await docker({ ...graphDriver, '/images/app:1/json': () => 500 })
    const error = await failure(open('docker:app:1', { env }))
    expect(error).toMatchObject({ code: 'ENGINE_FAILED', message: expect.stringContaining('the engine says 500') })
  })

  test('of the export, after that of the store that Podman has it in', async () => {
    const folder = scratch()
    const { socket } = await engine({ ...graphDriver, '/images/sha256:1/get': () => 500 })
    for (const path of ['root/overlay-images', 'runtime/podman']) mkdirSync(join(folder, path), { recursive: true })
    symlinkSync(socket, join(folder, 'runtime/podman/podman.sock'))
    writeFileSync(join(folder, 'root/overlay-images/images.json'), '[')
    writeFileSync(join(folder, 'storage.conf'), `[storage]\ndriver = "overlay"\ngraphroot = "${folder}/root"\n`)
    const env = { CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'), XDG_RUNTIME_DIR: join(folder, 'runtime') }
    const { code, message } = await failure(open('podman:app:1', { env }))
    expect(code).toBe('ENGINE_FAILED')
    expect(message).toMatch(/the engine says 500; .*images\.json is no JSON$/)
  })

  test('of finding an engine', async () => {
    const homedir = scratch()
    const forced = await failure(open('docker:app:1', { homedir }))
    expect(forced.code).toBe('ENGINE_UNREACHABLE')
    expect(forced.message).toContain(`${homedir}/.docker/run/docker.sock`)
    const looked = await failure(
      open('app:1', { homedir, env: { CONTAINER_HOST: 'unix:///none/podman.sock', DOCKER_HOST: 'unix:///none' } }),
    )
    expect(looked.code).toBe('REFERENCE_UNKNOWN')
    for (const word of ['no file or folder', 'Docker', 'Podman', '/none/podman.sock'])
      expect(looked.message).toContain(word)
    expect((await failure(open('docker:a', { env: { DOCKER_HOST: 'gopher://x' } }))).code).toBe('USAGE')
    expect((await failure(open('docker:a', { env: { DOCKER_CONTEXT: 'none' } }))).code).toBe('ENGINE_UNREACHABLE')
    expect((await failure(open('docker:a', { env: { DOCKER_HOST: 'tcp://127.0.0.1:1' } }))).code).toBe(
      'ENGINE_UNREACHABLE',
    )
  })

  test('a key that cannot be read', async () => {
    const folder = scratch()
    mkdirSync(join(folder, 'key.pem'))
    const env = { DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder }
    const error = await failure(open('docker:a', { env }))
    expect(error).toMatchObject({ code: 'FILE_UNREADABLE', exitCode: 3 })
    expect(error.message).toContain('key.pem')
  })
})

describe('behind SSH', () => {
  /** A program called `ssh` that writes down its arguments and does as `docker system dial-stdio` over there does. */
  function fakeSsh(body: string): { readonly env: Record<string, string>; readonly said: () => string } {
    const folder = scratch()
    const log = join(folder, 'arguments')
    const lines = [
      `#!${process.execPath}`,
      `require('node:fs').writeFileSync('${log}', process.argv.slice(2).join(' '))`,
    ]
    writeFileSync(join(folder, 'ssh'), [...lines, body].join('\n'), { mode: 0o755 })
    return { env: { PATH: folder }, said: () => readFileSync(log, 'utf8') }
  }

  test('an engine is asked through the user’s own ssh', async () => {
    const { socket } = await engine(graphDriver)
    const { env, said } = fakeSsh(
      `const it = require('node:net').connect('${socket}'); process.stdin.pipe(it).pipe(process.stdout)`,
    )
    const DOCKER_HOST = 'ssh://me@build.example:2222'
    expect((await open('docker:app:1', { env: { ...env, DOCKER_HOST } })).source).toBe('docker')
    expect(said()).toBe('-o ConnectTimeout=30 -T -l me -p 2222 -- build.example docker system dial-stdio')
    const CONTAINER_HOST = 'ssh://core@vm/run/user/501/podman/podman.sock'
    expect((await open('podman:app:1', { env: { ...env, CONTAINER_HOST } })).source).toBe('podman')
    expect(said()).toMatch(
      /-l core -- vm podman --url unix:\/\/\/run\/user\/501\/podman\/podman.sock system dial-stdio$/,
    )
  })

  test('what ssh says is the reason', async () => {
    const { env } = fakeSsh(`process.stderr.write('me@x: Permission denied (publickey).\\r\\n'); process.exit(255)`)
    const error = await failure(open('docker:app:1', { env: { ...env, DOCKER_HOST: 'ssh://me@x' } }))
    expect(error.code).toBe('ENGINE_UNREACHABLE')
    expect(error.message).toContain('ssh://me@x (me@x: Permission denied (publickey).)')
    const none = await failure(open('docker:app:1', { env: { PATH: scratch(), DOCKER_HOST: 'ssh://x' } }))
    expect(none.code).toBe('ENGINE_UNREACHABLE')
  })
})

describe('diff IDs alone', () => {
  const told = { ...inspected, RootFS: { Layers: ['sha256:a', 'sha256:b'] } }

  test('come without an export where the engine tells them', async () => {
    const { env, asked } = await docker({ ...graphDriver, '/images/app:1/json': () => told })
    const options = {
      pull: 'never',
      verify: false,
      layerStore: false,
      env,
      cwd: '/',
      homedir: '/',
      stdin: Readable.from([]),
    } as const
    expect(await readDiffIds('app:1', options)).toEqual(['sha256:a', 'sha256:b'])
    expect(await readDiffIds('docker:app:1', options)).toEqual(['sha256:a', 'sha256:b'])
    expect(asked.filter(line => line.endsWith('/get'))).toEqual([])
  })

  test('come out of the export where it does not, and of an archive', async () => {
    const { env } = await docker(graphDriver)
    const options = {
      pull: 'never',
      verify: false,
      layerStore: false,
      env,
      cwd: scratch(),
      homedir: '/',
      stdin: Readable.from([]),
    } as const
    const expected = parts.layers.map(digest)
    expect(await readDiffIds('app:1', options)).toEqual(expected)
    writeFileSync(join(options.cwd, 'app.tar'), archive)
    writeFileSync(join(options.cwd, 'app.tgz'), gzipSync(archive))
    expect(await readDiffIds('app.tar', options)).toEqual(expected)
    expect(await readDiffIds('app.tgz', options)).toEqual(expected)
    expect(await readDiffIds('-', { ...options, stdin: Readable.from([archive]) })).toEqual(expected)
  })
})

test('what to do about an image that is not there, or not for the platform', async () => {
  const { env } = await docker(graphDriver)
  expect((await failure(open('0123456789ab', { env }))).fix).toBe('list what there is with: docker images -a')
  expect((await failure(open('docker:app.tar', { env }))).fix).toMatch(/^name a file that is there/)
  const other = await failure(open('docker:app:1', { env, platform: 'linux/arm64', pull: 'missing' }))
  expect(other.fix).toContain('--platform linux/arm64 --pull always')
})

test.each(['', ' ', 'oci:', 'docker:', 'docker-archive:'])('%j names nothing', async reference => {
  expect((await failure(open(reference))).code).toBe('USAGE')
})

test('the current context, and Podman where Docker does not answer', async () => {
  const { socket } = await engine(graphDriver)
  const homedir = scratch()
  const meta = join(homedir, '.docker/contexts/meta', createHash('sha256').update('prod').digest('hex'))
  mkdirSync(meta, { recursive: true })
  writeFileSync(join(meta, 'meta.json'), json({ Name: 'prod', Endpoints: { docker: { Host: `unix://${socket}` } } }))
  writeFileSync(join(homedir, '.docker/config.json'), json({ currentContext: 'prod' }))
  expect((await open('app:1', { homedir })).source).toBe('docker')
  const env = { DOCKER_HOST: 'unix:///none', CONTAINER_HOST: `unix://${socket}` }
  const image = await open('app:1', { env })
  expect(image.source).toBe('podman')
  expect(image.notices.map(notice => notice.code)).toEqual(['podman-used'])
})

test.each([
  ['app', true],
  ['app:1', true],
  ['host.example:5000/a/b_c/d:1', true],
  ['LOCALHOST:5000/a', true],
  [`a@sha256:${'0'.repeat(64)}`, true],
  ['0123456789ab', true],
  ['App', false],
  ['./app', false],
  ['/app', false],
  ['a b', false],
  ['a:../x', false],
  ['a/../b', false],
  ['a@sha256:0', false],
  ['', false],
])('%j is a name: %s', (name, expected) => {
  expect(isEngineName(name)).toBe(expected)
})
