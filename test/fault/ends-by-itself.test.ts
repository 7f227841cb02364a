import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { hostPlatform } from '../../src/image/platform.ts'
import { digest, Layout, layerTar } from '../archive.ts'
import { containerdServer } from '../source/containerd-server.ts'
import { storeEngine } from '../source/content-store-engine.ts'
import { driverEngine } from '../source/docker-store-engine.ts'
import { scratch } from '../source/open.ts'
import { faultyEngine } from './faulty-engine.ts'
import { type Ending, program, start, startScript } from './program.ts'

let built = ''

beforeAll(async () => {
  built = await program()
})

/** Something that takes what it is sent, and says nothing. */
async function listener(): Promise<string> {
  const place = join(scratch(), 'silent.sock')
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {}).resume()
  })
  await new Promise<void>(resolve => server.listen(place, resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return place
}

/** A folder with an ssh that says nothing, for ever, and where it notes its process id. */
function silentSsh(): { readonly PATH: string; readonly noted: string } {
  const folder = scratch()
  const noted = join(folder, 'pid')
  writeFileSync(join(folder, 'ssh'), `#!/bin/sh\necho $$ >'${noted}'\nexec sleep 600\n`, { mode: 0o755 })
  return { PATH: `${folder}:${process.env.PATH}`, noted }
}

/** Whether the noted process runs: one that has ended can wait for somebody to notice. */
function runs(noted: string): boolean {
  const status = `/proc/${readFileSync(noted, 'utf8').trim()}/status`
  return existsSync(status) && !/^State:\s*Z/m.test(readFileSync(status, 'utf8'))
}

/** A program that uses the library, and never calls process.exit. */
async function library(reference: string, env: Readonly<Record<string, string>>, timeout = 400): Promise<Ending> {
  const folder = scratch()
  const script = join(folder, 'audit.mjs')
  const options = { timeout, cache: false, layerStore: false, homedir: folder }
  writeFileSync(
    script,
    `import { audit } from ${JSON.stringify(join(built, 'dist/index.js'))}
try { await audit(${JSON.stringify(reference)}, ${JSON.stringify(options)}) } catch (error) { console.log(error.code) }`,
  )
  return startScript([script], { env }).ended
}

describe('a program that uses the library ends by itself, though an engine', () => {
  test('says nothing in the middle of its export', async () => {
    const engine = await driverEngine([{ 'a/b': 'c'.repeat(100_000) }])
    const { env, open } = await faultyEngine(engine.env, /\/get$/, 'half of it comes')
    expect(await library('docker:app:1', env)).toMatchObject({ code: 0, stdout: 'ENGINE_SILENT\n', stderr: '' })
    await vi.waitFor(() => expect(open()).toBe(0))
  })

  test('takes the question, and speaks no gRPC', async () => {
    const env = { CONTAINERD_ADDRESS: await listener() }
    expect(await library('containerd:app', env)).toMatchObject({ code: 0, stdout: 'ENGINE_SILENT\n', stderr: '' })
  })

  test('says nothing of one blob, where another one is damaged', async () => {
    const noise = [randomBytes(200_000), randomBytes(100_000)]
    const layers = await Promise.all(noise.map(bytes => layerTar({ 'a/b': bytes })))
    const layout = new Layout()
    const descriptor = layout.image({ layers, architecture: hostPlatform().architecture })
    const folder = scratch()
    layout.write(folder)
    const [silent = '', damaged = ''] = layers.map(layer => digest(gzipSync(layer)))
    const path = join(folder, 'blobs', damaged.replace(':', '/'))
    writeFileSync(path, Buffer.alloc(statSync(path).size))
    const images = { default: { app: 'digest' in descriptor ? String(descriptor.digest) : '' } }
    const silence = { call: 'readContent', digest: silent, after: 30_000 } as const
    const { env } = await containerdServer(images, folder, '/nowhere', undefined, silence)
    const { code, stdout } = await library('containerd:app', env, 600_000)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^(ARCHIVE_INVALID|DIGEST_MISMATCH|CHECKSUM_WRONG)\n$/)
  })

  test('is behind an ssh that says nothing, and is ended', async () => {
    const { PATH, noted } = silentSsh()
    const ending = await library('docker:app:1', { DOCKER_HOST: 'ssh://me@nowhere.example', PATH })
    expect(ending).toMatchObject({ code: 0, stdout: 'ENGINE_SILENT\n', stderr: '' })
    await vi.waitFor(() => expect(runs(noted)).toBe(false))
  })
})

describe('the command line', () => {
  test('says which engine is silent, and how to wait longer', async () => {
    const place = await listener()
    const env = { DOCKER_HOST: `unix://${place}`, CONTAINER_HOST: 'unix:///nowhere' }
    const { code, stdout, stderr } = await start(built, ['app:1', '--timeout', '0.4s'], { env }).ended
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toContain(`error: the engine at unix://${place} has said nothing for 0.4 seconds (ENGINE_SILENT)`)
    expect(stderr).toContain('--timeout 1h')
  })

  test('waits for standard input without an end', async () => {
    const run = start(built, ['-', '--timeout', '0.2s'])
    const first = await Promise.race([run.ended, sleep(1500, 'it waits')])
    expect(first).toBe('it waits')
    run.kill('SIGTERM')
    expect(await run.ended).toMatchObject({ code: 130, stdout: '' })
  })

  test('ends a credential helper that says nothing', async () => {
    const folder = scratch()
    const noted = join(folder, 'pid')
    const helper = join(folder, 'docker-credential-silent')
    writeFileSync(helper, `#!/bin/sh\necho $$ >'${noted}'\nexec sleep 600\n`, { mode: 0o755 })
    mkdirSync(join(folder, '.docker'))
    writeFileSync(join(folder, '.docker/config.json'), JSON.stringify({ credsStore: 'silent' }))
    const engine = await storeEngine({ layers: [] }, layer => layer)
    const env = { ...engine.env, HOME: folder, PATH: `${folder}:${process.env.PATH}` }
    const { code, stderr } = await start(built, ['docker:other:1', '--timeout', '0.4s'], { env }).ended
    expect(code).toBe(3)
    expect(stderr).toContain('docker-credential-silent has said nothing for 0.4 seconds (ENGINE_SILENT)')
    await vi.waitFor(() => expect(runs(noted)).toBe(false))
  })
})
