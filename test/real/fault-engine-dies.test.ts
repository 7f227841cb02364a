import { spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Ending, program, start } from '../fault/program.ts'
import { type EngineName, run, script, withEngines } from './engines.ts'

/** Deaths of each way, at points that lie evenly in the time that it takes; where nothing is said, one of each usual way. */
const asked = process.env.IMGAUDIT_FAULT_DEATHS
const deaths = Number(asked ?? 1)

/** Milliseconds. */
const hang = 20_000

/** A way to an image, and the daemon without which there is none. */
interface Way {
  readonly engine: EngineName
  readonly daemon: 'dockerd' | 'containerd' | 'podman'
  readonly argv: readonly string[]
  /** Is not to see the engine's folders. */
  readonly byApi?: true
  /** Is tried where nothing is said: one for each of Docker and Podman, as every death starts a daemon anew. */
  readonly usual?: true
}

const ways: Readonly<Record<string, Way>> = {
  'the export of Docker': { engine: 'overlay2', daemon: 'dockerd', argv: ['docker:big:1', '--no-layer-store'] },
  'the store of Docker, by containers': {
    engine: 'overlay2',
    daemon: 'dockerd',
    argv: ['docker:big:1'],
    byApi: true,
  },
  'the export of current Docker': {
    engine: 'containerd',
    daemon: 'dockerd',
    argv: ['docker:big:1', '--no-layer-store'],
  },
  'blobs, by a container': {
    engine: 'containerd',
    daemon: 'dockerd',
    argv: ['docker:big:1'],
    byApi: true,
    usual: true,
  },
  'blobs, by the socket of containerd': {
    engine: 'containerd',
    daemon: 'containerd',
    argv: ['containerd:big:1', '--namespace', 'moby'],
    byApi: true,
  },
  'the export of Podman': {
    engine: 'podman',
    daemon: 'podman',
    argv: ['podman:big:1', '--no-layer-store'],
    usual: true,
  },
}

const tried = Object.entries(ways).filter(([, { usual }]) => asked !== undefined || usual)
const engines = [...new Set(tried.map(([, { engine }]) => engine))]

await withEngines(engines, 'an engine that dies', () => {
  let built = ''
  let folder = ''
  const env: Record<string, string> = {}

  beforeAll(async () => {
    built = await program()
    // Of its own: others need theirs alive.
    folder = await mkdtemp(join(tmpdir(), 'imgaudit-dying-'))
    const image = join(folder, 'image')
    await run('sh', ['-c', 'mkdir -p "$0/usr/lib" && head -c 60000000 /dev/urandom >"$0/usr/lib/big"', image])
    await run('tar', ['-C', image, '-cf', join(folder, 'big.tar'), '.'])
    for (const engine of engines) {
      const host = await hostOf(engine)
      env[engine] = host
      const client = engine === 'podman' ? ['podman', '--remote', '--url', host] : ['docker', '-H', host]
      await run(client[0] ?? '', [...client.slice(1), 'import', join(folder, 'big.tar'), 'big:1'])
    }
  })
  afterAll(async () => {
    await script('engines.sh', 'stop', folder)
    await rm(folder, { recursive: true, force: true })
  })

  async function hostOf(engine: EngineName): Promise<string> {
    const lines = await script('engines.sh', 'start', folder, engine)
    return /^IMGAUDIT_(?:DOCKER_OVERLAY2|DOCKER_CONTAINERD|PODMAN)=(.*)$/m.exec(lines)?.[1] ?? ''
  }

  function begin({ engine, argv, byApi }: Way) {
    const host = env[engine] ?? ''
    const surroundings = {
      HOME: folder,
      DOCKER_HOST: host,
      CONTAINER_HOST: host,
      CONTAINERD_ADDRESS: join(folder, 'containerd/containerd.sock'),
    }
    const hidden = byApi === undefined ? {} : { hidden: join(folder, engine, 'docker') }
    return start(built, [...argv, '--no-cache'], { env: surroundings, ...hidden })
  }

  const processOf = ({ engine, daemon }: Way) => Number(readFileSync(join(folder, engine, `${daemon}.process`), 'utf8'))

  /** Kills the daemon, and starts it again as it was started. */
  async function killed(way: Way): Promise<() => Promise<void>> {
    const pid = processOf(way)
    const [command = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)
    process.kill(pid, 'SIGKILL')
    return async () => {
      // Its number can be that of a process which has ended, and which nobody has noticed yet.
      rmSync(join(folder, way.engine, 'docker.pid'), { force: true })
      const PATH = `${process.env.IMGAUDIT_ENGINES ?? ''}:${process.env.PATH}`
      const daemon = spawn(command, args, { detached: true, stdio: 'ignore', env: { ...process.env, PATH } })
      daemon.unref()
      writeFileSync(join(folder, way.engine, `${way.daemon}.process`), String(daemon.pid))
      for (let tries = 0; tries < 100; tries++) {
        if (
          (await begin({ ...way, argv: ['docker:none:1', '--pull', 'never'] }).ended).stderr.includes('IMAGE_MISSING')
        )
          return
        await sleep(200)
      }
      throw new Error(`${way.daemon} does not start again`)
    }
  }

  it.each(tried)(
    'in the middle of %s ends the run with one error',
    async (_, way) => {
      const began = performance.now()
      const whole: Ending = await begin(way).ended
      expect(whole, whole.stderr).toMatchObject({ code: 0 })
      const took = whole.at - began
      for (let death = 1; death <= deaths; death++) {
        // A third of it is the start of the program.
        const delay = took * (0.4 + (0.5 * death) / (deaths + 1))
        const running = begin(way)
        await sleep(delay)
        const killedAt = performance.now()
        const restart = await killed(way)
        const { code, stdout, stderr, at } = await running.ended
        const what = `${way.daemon} killed after ${Math.round(delay)} of ${Math.round(took)} ms: ${stderr}`
        expect(at - killedAt, what).toBeLessThan(hang)
        if (code !== 0) {
          expect({ code, stdout }, what).toEqual({ code: 3, stdout: '' })
          expect(stderr, what).toMatch(/^error: [^\n]* \((?:ENGINE_FAILED|ENGINE_UNREACHABLE)\)\n {2}fix: [^\n]+\n$/)
        }
        await restart()
      }
    },
    300_000,
  )
})
