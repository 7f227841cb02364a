import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { killAtRandom, kills, type Way } from '../fault/kill.ts'
import { program, start } from '../fault/program.ts'
import { type Demo, demoArchive } from './demo.ts'
import { docker, type Engine, podman, withEngines } from './engines.ts'

const tag = 'imgaudit-killed:1'

await withEngines(['overlay2', 'containerd', 'podman'], 'a run at a real engine', (overlay2, containerd, service) => {
  let built = ''
  let demo: Demo

  beforeAll(async () => {
    built = await program()
    demo = await demoArchive()
    for (const engine of [overlay2, containerd]) {
      await docker(engine, 'load', '-i', demo.archive)
      await docker(engine, 'tag', 'imgaudit-demo', tag)
    }
    await podman(service, 'load', '-i', demo.archive)
    await podman(service, 'tag', 'imgaudit-demo', tag)
  })

  afterAll(async () => {
    for (const engine of [overlay2, containerd]) await docker(engine, 'rmi', '-f', tag)
    await podman(service, 'rmi', '-f', tag)
    await demo.remove()
  })

  /** Expects no container of a run that has ended. */
  const noContainer = (engine: Engine) => async (pid: number) => {
    const label = '{{.Label "dev.imgaudit.reader"}}'
    const readers = await docker(engine, 'ps', '-a', '--filter', 'label=dev.imgaudit.reader', '--format', label)
    expect(readers.split('\n').filter(reader => reader.split(' ')[1] === String(pid))).toEqual([])
  }
  const DOCKER_HOST = (engine: Engine) => ({ env: { DOCKER_HOST: engine.host }, check: noContainer(engine) })
  const rootOf = async (engine: Engine) => (await docker(engine, 'info', '-f', '{{.DockerRootDir}}')).trim()

  const ways: Readonly<Record<string, () => Promise<Way>>> = {
    'the export of Docker': async () => ({ argv: [`docker:${tag}`, '--no-layer-store'], ...DOCKER_HOST(overlay2) }),
    'the store of Docker, where it lies': async () => ({
      argv: [`docker:${tag}`, '--no-cache'],
      ...DOCKER_HOST(overlay2),
    }),
    'the store of Docker, by containers': async () => ({
      argv: [`docker:${tag}`],
      ...DOCKER_HOST(overlay2),
      hidden: await rootOf(overlay2),
    }),
    'blobs of Docker, by a container': async () => ({
      argv: [`docker:${tag}`],
      ...DOCKER_HOST(containerd),
      hidden: await rootOf(containerd),
    }),
    'blobs of containerd, by its socket': async () => ({
      argv: [`containerd:${tag}`, '--namespace', 'moby'],
      env: { CONTAINERD_ADDRESS: containerd.variables.IMGAUDIT_CONTAINERD ?? '' },
      hidden: await rootOf(containerd),
    }),
    'the export of Podman': async () => ({
      argv: [`podman:${tag}`, '--no-layer-store'],
      env: { CONTAINER_HOST: service.host },
    }),
  }

  it('that is killed for good leaves a container at most, which the next run removes', async () => {
    const way = await ways['blobs of Docker, by a container']?.()
    if (way?.hidden === undefined) throw new Error('there is no such way')
    const home = await mkdtemp(join(tmpdir(), 'imgaudit-killed-'))
    const readers = () => docker(containerd, 'ps', '-aq', '--filter', 'label=dev.imgaudit.reader')
    const begin = () =>
      start(built, [...way.argv, '--no-cache'], { env: { HOME: home, ...way.env }, hidden: way.hidden ?? '' })
    const killed = begin()
    await vi.waitFor(async () => expect(await readers()).not.toBe(''), { timeout: 20_000, interval: 10 })
    killed.kill('SIGKILL')
    await killed.ended
    const left = await readers()
    expect((await begin().ended).code).toBe(0)
    for (const id of left.split('\n').filter(line => line !== '')) expect(await readers()).not.toContain(id)
    await rm(home, { recursive: true })
  })

  it.each(Object.keys(ways))(
    'that is killed at any moment leaves nothing: %s',
    async name => {
      const names = Object.keys(ways)
      const way = await ways[name]?.()
      if (way === undefined) throw new Error(name)
      await killAtRandom(built, way, Math.ceil(kills / 2 / names.length), 100 + names.indexOf(name))
    },
    600_000,
  )
})
