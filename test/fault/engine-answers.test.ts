import { randomBytes } from 'node:crypto'
import { getEventListeners } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { ImgauditError } from '../../src/error.ts'
import { hostPlatform } from '../../src/image/platform.ts'
import { contentStoreByContainer } from '../../src/source/content-store/docker.ts'
import { dockerEngine } from '../../src/source/docker.ts'
import { connect, openFrom } from '../../src/source/engine/engine.ts'
import { type ImageParts, layerTar } from '../archive.ts'
import { openOptions } from '../real/open-options.ts'
import { type StoreEngine, storeEngine } from '../source/content-store-engine.ts'
import { type DriverEngine, driverEngine } from '../source/docker-store-engine.ts'
import { failure, open, scratch } from '../source/open.ts'
import { type Fault, faultyEngine } from './faulty-engine.ts'

/** Milliseconds: less than it takes until all of what drips has come. */
const timeout = 1500
const noise = randomBytes(200_000).toString('latin1')
let parts: ImageParts

beforeAll(async () => {
  parts = { layers: [await layerTar({ 'a/b': noise })], architecture: hostPlatform().architecture }
})

/** Engines, and what each is asked for on the way to an image. */
const graphDriver = () => driverEngine([{ 'a/b': noise }])
const contentStore = () => storeEngine(parts, gzipSync)
const ways = [
  [/^GET \/version$/, graphDriver],
  [/^GET \/images\/app:1\/json$/, graphDriver],
  [/^GET \/images\/sha256:.*\/get$/, graphDriver],
  [/^GET \/info$/, contentStore],
  [/^GET \/containers\/json$/, contentStore],
  [/^POST \/containers\/create$/, contentStore],
  [/^GET \/containers\/.*\/archive$/, contentStore],
] as const satisfies readonly (readonly [RegExp, () => Promise<DriverEngine | StoreEngine>])[]

/** Reads an image through an engine one of whose answers has a fault. */
async function reading(at: RegExp, behind: () => Promise<DriverEngine | StoreEngine>, fault: Fault, timeout?: number) {
  const engine = await behind()
  const faulty = await faultyEngine(engine.env, at, fault)
  const { signal } = new AbortController()
  const options = openOptions({ env: faulty.env, signal, ...(timeout && { timeout }) })
  // Blobs come through a container: their folder may be read by root alone.
  const kind = { ...dockerEngine, routes: 'containers' in engine ? [contentStoreByContainer] : [] }
  const opening = connect(kind, options).then(client => openFrom(kind, client, 'app:1', options))
  return { engine, faulty, signal, opening }
}

/** Expects that nothing is left: no connection, and nothing that whoever uses one signal for many runs would keep. */
async function expectHungUp(faulty: { open(): number }, signal?: AbortSignal): Promise<void> {
  if (signal !== undefined) expect(getEventListeners(signal, 'abort'), 'listeners left').toEqual([])
  await vi.waitFor(() => expect(faulty.open(), 'connections left').toBe(0), { timeout: 5000 })
}

describe.each(['nothing comes', 'headers come', 'half of it comes'] as const)('an engine of which %s', fault => {
  const worth = ways.filter(([at]) => fault === 'nothing comes' || /json|get|archive/.test(at.source))
  test.each(worth)('when it is asked for %s', async (at, behind) => {
    const { faulty, signal, opening } = await reading(at, behind, fault, 300)
    const error: ImgauditError = await failure(opening)
    expect(error).toMatchObject({ code: 'ENGINE_SILENT', exitCode: 3 })
    expect(error.message).toContain(`${faulty.env.DOCKER_HOST} has said nothing for 0.3 seconds`)
    expect(error.fix).toContain('--timeout')
    // No other way to a dead engine is tried: what may have been made is removed, no more.
    const after = faulty.asked.slice(faulty.asked.findIndex(question => at.test(question)) + 1)
    expect(after.filter(question => !/^DELETE|^GET \/containers\/json$/.test(question))).toEqual([])
    await expectHungUp(faulty, signal)
  })
})

test('a pull that stops in the middle', async () => {
  const answers: Readonly<Record<string, readonly [number, object]>> = {
    '/version': [200, { ApiVersion: '1.41' }],
    '/v1.41/images/create': [200, { status: 'Pulling fs layer', id: 'a' }],
  }
  const server = createServer((request, response) => {
    const [status, answer] = answers[new URL(request.url ?? '', 'http://engine').pathname] ?? [404, { message: 'no' }]
    response.writeHead(status).end(`${JSON.stringify(answer)}\n`)
  })
  const place = join(scratch(), 'engine.sock')
  await new Promise<void>(resolve => server.listen(place, resolve))
  onTestFinished(() => void server.close())
  const faulty = await faultyEngine({ DOCKER_HOST: `unix://${place}` }, /^POST \/images\/create$/, 'half of it comes')
  const error = await failure(open('docker:app:1', { env: faulty.env, pull: 'missing', timeout: 300 }))
  expect(error).toMatchObject({ code: 'ENGINE_SILENT', exitCode: 3 })
  await expectHungUp(faulty)
})

test.each([
  [/^GET \/version$/, graphDriver],
  [/^GET \/images\/sha256:.*\/get$/, graphDriver],
  [/^GET \/containers\/.*\/archive$/, contentStore],
])('an engine that drips is heard out: %s', async (at, behind) => {
  const { faulty, signal, opening } = await reading(at, behind, 'it drips', timeout)
  const began = performance.now()
  const image = await opening
  expect(image.layers).toHaveLength(1)
  expect(performance.now() - began).toBeGreaterThan(timeout)
  await image[Symbol.asyncDispose]()
  await expectHungUp(faulty, signal)
})

const broken = [
  'it is hung up on',
  'it is reset',
  'it is no HTTP',
  'it is too short',
  'a chunk is missing',
] as const satisfies readonly Fault[]

describe.each(broken)('an answer of an engine: %s', fault => {
  test.each(ways)('%s', async (at, behind) => {
    const { engine, faulty, signal, opening } = await reading(at, behind, fault)
    // Of containers that killed runs left the next run hears.
    if (at.test('GET /containers/json')) await (await opening)[Symbol.asyncDispose]()
    else expect(['ENGINE_FAILED', 'ENGINE_UNREACHABLE']).toContain((await failure(opening)).code)
    await expectHungUp(faulty, signal)
    if ('containers' in engine) expect([...engine.containers]).toEqual([])
  })
})

describe('an interrupted run', () => {
  test.each(ways)('does not wait for an engine that says nothing: %s', async (at, behind) => {
    const engine = await behind()
    const faulty = await faultyEngine(engine.env, at, 'nothing comes')
    const stop = new AbortController()
    const options = openOptions({ env: faulty.env, signal: stop.signal })
    const kind = { ...dockerEngine, routes: 'containers' in engine ? [contentStoreByContainer] : [] }
    const failing = failure(connect(kind, options).then(client => openFrom(kind, client, 'app:1', options)))
    await vi.waitFor(() => expect(faulty.asked.some(question => at.test(question))).toBe(true), { timeout: 5000 })
    const began = performance.now()
    stop.abort()
    expect((await failing).code).toBe('INTERRUPTED')
    // What may have been made is waited for, for 5 s.
    expect(performance.now() - began).toBeLessThan(at.test('POST /containers/create') ? 12_000 : 4_000)
    await expectHungUp(faulty)
  })
})
