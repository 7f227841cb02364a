import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, inject, it } from 'vitest'

/** Docker 20.10 with a graph driver, current Docker with containerd's image store, Podman 4.3. */
export type EngineName = 'overlay2' | 'fuse-overlayfs' | 'vfs' | 'containerd' | 'podman'

/** A running engine, private to this test run. No engine has a network bridge: build and run with `--network=host`. */
export interface Engine {
  readonly name: EngineName
  readonly host: string // unix:///…/docker.sock, as DOCKER_HOST has it
  readonly socket: string // the same as a path
  readonly variables: Readonly<Record<string, string>> // all that engines.sh prints: where stores lie
}

const variable: Record<EngineName, string> = {
  overlay2: 'IMGAUDIT_DOCKER_OVERLAY2',
  'fuse-overlayfs': 'IMGAUDIT_DOCKER_FUSE_OVERLAYFS',
  vfs: 'IMGAUDIT_DOCKER_VFS',
  containerd: 'IMGAUDIT_DOCKER_CONTAINERD',
  podman: 'IMGAUDIT_PODMAN',
}

const started = new Map<EngineName, Promise<Engine>>()

/**
 * A suite that runs against real engines, named in the order in which it gets them. Where one is not installed it is
 * skipped aloud; with IMGAUDIT_REQUIRE_ENGINES=1 it fails. A test file awaits it at its top level.
 */
export async function withEngines(
  names: readonly EngineName[],
  title: string,
  suite: (...engines: Engine[]) => void,
): Promise<void> {
  const missing = await missingOf(names)
  if (missing.length === 0) {
    const engines = await Promise.all(names.map(engine))
    describe(title, () => suite(...engines))
    return
  }
  const why = `${missing.join('; ')} (bash test/real/engines.sh install && bash test/real/engines.sh build)`
  if (process.env.IMGAUDIT_REQUIRE_ENGINES === '1') throw new Error(`"${title}" needs engines that are missing: ${why}`)
  console.warn(`SKIPPED "${title}": ${why}`)
  describe(title, () => {
    it('needs engines that are missing', ({ skip }) => skip(why))
  })
}

/** The engine of this run, started when first asked for; or one that already runs, where its variable is set. */
export function engine(name: EngineName): Promise<Engine> {
  let running = started.get(name)
  if (!running) {
    running = start(name)
    started.set(name, running)
  }
  return running
}

async function start(name: EngineName): Promise<Engine> {
  const variables = process.env[variable[name]]
    ? variablesIn(Object.entries(process.env).map(([key, value]) => `${key}=${value}`))
    : variablesIn((await script('engines.sh', 'start', inject('engines'), name)).split('\n'))
  const host = variables[variable[name]] ?? ''
  return { name, host, socket: host.replace('unix://', ''), variables }
}

function variablesIn(lines: readonly string[]): Record<string, string> {
  const pairs = lines.filter(line => line.startsWith('IMGAUDIT_')).map(line => line.split(/=(.*)/s))
  return Object.fromEntries(pairs.map(([key = '', value = '']) => [key, value]))
}

/** What stands in the way of each engine, in words. */
async function missingOf(names: readonly EngineName[]): Promise<string[]> {
  const wanted = names.filter(name => !process.env[variable[name]])
  if (wanted.length === 0) return []
  const report = await script('engines.sh', 'check')
  return report.split('\n').filter(line => wanted.some(name => line.startsWith(`${name}:`)))
}

/** Runs one of the scripts beside this file and gives its output. */
export function script(name: string, ...args: string[]): Promise<string> {
  return run('bash', [fileURLToPath(new URL(name, import.meta.url)), ...args])
}

/** Runs a program and gives its output as text; what it wrote to stderr is in the error. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  try {
    const { env, ...rest } = options
    const { stdout } = await execute(program, args, {
      ...rest,
      env: { ...process.env, ...env },
      maxBuffer: 512 * 1024 * 1024,
    })
    return stdout
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
    throw new Error(`${program} ${args.join(' ')}\n${stderr || String(error)}`, { cause: error })
  }
}

interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

const execute = promisify(execFile)

/** `docker …` against an engine. Current Docker builds with buildx, the older one with its own builder. */
export function docker({ host, variables }: Engine, ...args: string[]): Promise<string> {
  const config = variables.IMGAUDIT_DOCKER_CONTAINERD_CONFIG
  const modern = config !== undefined && host === variables.IMGAUDIT_DOCKER_CONTAINERD
  return run('docker', ['-H', host, ...args], { env: modern ? { DOCKER_CONFIG: config } : { DOCKER_BUILDKIT: '0' } })
}

/** `podman …` through the engine's service. */
export function podman({ host }: Engine, ...args: string[]): Promise<string> {
  return run('podman', ['--remote', '--url', host, ...args])
}

/** `buildah …` in Podman's own store, where what it builds is Podman's to serve. */
export function buildah({ variables }: Engine, ...args: string[]): Promise<string> {
  return run('buildah', [...podmanStore(variables), '--storage-driver', 'overlay', ...args])
}

function podmanStore({ IMGAUDIT_PODMAN_ROOT: root, IMGAUDIT_PODMAN_RUNROOT: runroot }: Engine['variables']): string[] {
  if (!root || !runroot)
    throw new Error('set IMGAUDIT_PODMAN_ROOT and IMGAUDIT_PODMAN_RUNROOT, or unset IMGAUDIT_PODMAN')
  return ['--root', root, '--runroot', runroot]
}

/** `skopeo …`; trust policies are the business of whoever pulls. */
export function skopeo(...args: string[]): Promise<string> {
  return run('skopeo', ['--insecure-policy', ...args])
}

export function umoci(...args: string[]): Promise<string> {
  return run('umoci', args)
}
