import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A run of the program, as a process of its own. */
export interface Run {
  readonly pid: number
  /** null where it is a file. */
  readonly stdin: Writable | null
  kill(signal: NodeJS.Signals): void
  readonly ended: Promise<Ending>
}

export interface Ending {
  /** undefined where a signal ended it. */
  readonly code: number | undefined
  readonly signal: NodeJS.Signals | undefined
  readonly stdout: string
  readonly stderr: string
  /** When it ended, by performance.now(). */
  readonly at: number
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** A file descriptor, for standard input or output. */
  readonly stdin?: number
  readonly stdout?: number
  /** A folder that it is not to see: to root, nothing else is closed. */
  readonly hidden?: string
}

/** The program as it is installed: compiled from the sources and bundled, once for all files of a test run. */
export async function program(): Promise<string> {
  const built = join(inject('engines'), 'program')
  const lock = `${built}.lock`
  while (!existsSync(built)) {
    try {
      mkdirSync(lock)
    } catch {
      await sleep(200)
      continue
    }
    if (!existsSync(built)) build(built)
    rmSync(lock, { recursive: true })
  }
  return built
}

function build(into: string): void {
  const unfinished = `${into}.unfinished`
  for (const name of ['bin', 'src', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'rolldown.config.mjs'])
    cpSync(join(root, name), join(unfinished, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(unfinished, 'node_modules'))
  const compiler = [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--outDir', 'build']
  const bundler = [join(root, 'node_modules/rolldown/bin/cli.mjs'), '-c', '--logLevel', 'silent']
  for (const args of [compiler, bundler]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: unfinished, encoding: 'utf8' })
    if (status !== 0) throw new Error(`${args[0]}: ${stdout}${stderr}`)
  }
  renameSync(unfinished, into)
}

/** Starts the program, without a terminal; its standard input is empty until something is written. */
export function start(built: string, argv: readonly string[], options: RunOptions = {}): Run {
  return startScript([join(built, 'bin/imgaudit.js'), ...argv], options)
}

/** Starts Node with these arguments. */
export function startScript(
  args: readonly string[],
  { cwd = '/', env = {}, stdin, stdout, hidden }: RunOptions = {},
): Run {
  const PATH = process.env.PATH ?? ''
  const hide = ['unshare', '-m', 'sh', '-c', 'mount -t tmpfs none "$0" && exec "$@"', hidden ?? '']
  const [command = '', ...rest] = [...(hidden === undefined ? [] : hide), process.execPath, ...args]
  const child = spawn(command, rest, {
    cwd,
    env: { PATH, ...env },
    stdio: [stdin ?? 'pipe', stdout ?? 'pipe', 'pipe'],
  })
  const closed = new Promise<Pick<Ending, 'code' | 'signal' | 'at'>>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      resolve({ code: code ?? undefined, signal: signal ?? undefined, at: performance.now() }),
    )
  })
  child.stdin?.on('error', () => {}) // it ends when it has seen enough
  const said = Promise.all([child.stdout, child.stderr].map(stream => (stream === null ? '' : text(stream))))
  const ended = Promise.all([closed, said]).then(([how, [out = '', err = '']]) => ({
    ...how,
    stdout: out,
    stderr: err,
  }))
  ended.catch(() => undefined)
  if (child.pid === undefined) throw new Error('node does not start')
  return { pid: child.pid, stdin: child.stdin, kill: signal => void child.kill(signal), ended }
}
