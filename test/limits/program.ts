import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** How one run of the program ended, and what it took. */
export interface Outcome {
  /** Of the process; null where a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Most memory that the process ever had, in MiB: what is outside of V8's heap too. */
  readonly mebibytes: number
  readonly seconds: number
}

export interface RunOptions {
  /** MiB of V8's heap for what is old; all other memory is without a bound, and measured. */
  readonly heap?: number
  /** What comes on standard input, until the program closes it. */
  readonly stdin?: Iterable<Buffer>
  readonly cwd?: string
}

/** The command line as a program of its own: its memory can be bounded and measured, and its death is one. */
export class Program implements Disposable {
  /** For what is read; removed with the program. */
  readonly folder = mkdtempSync(join(tmpdir(), 'imgaudit-limits-'))
  readonly #built: string

  private constructor(built: string) {
    this.#built = built
  }

  /** Compiled from the sources as they are, in a second or two, beside the modules that they import. */
  static build(): Program {
    const parent = join(root, 'node_modules/.imgaudit-limits')
    mkdirSync(parent, { recursive: true })
    const built = mkdtempSync(join(parent, 'program-'))
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const options = ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(built, 'dist'), '--declaration', 'false']
    spawnSync(process.execPath, [compiler, ...options], { stdio: 'inherit' })
    writeFileSync(join(built, 'dist/measured.mjs'), measured)
    copyFileSync(join(root, 'package.json'), join(built, 'package.json'))
    return new Program(built)
  }

  /** Runs it with no cache, and no engine to ask. */
  async run(argv: readonly string[], { heap = 512, stdin = [], cwd = this.folder }: RunOptions = {}): Promise<Outcome> {
    const began = performance.now()
    const options = [`--max-old-space-size=${heap}`, join(this.#built, 'dist/measured.mjs'), '--no-cache', '--quiet']
    const child = spawn(process.execPath, [...options, ...argv], {
      cwd,
      env: { PATH: process.env.PATH ?? '', HOME: this.folder },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    })
    const [, stdout, stderr, memory] = child.stdio
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    const said = Promise.all([text(stdout), text(stderr), text(memory as NodeJS.ReadableStream)])
    // It closes it when it has seen enough.
    await pipeline(Readable.from(stdin), child.stdin).catch(() => {})
    const code = await ended
    const [out, err, kibibytes] = await said
    const seconds = (performance.now() - began) / 1000
    return { code, stdout: out, stderr: err, mebibytes: Math.round(Number(kibibytes) / 1024), seconds }
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
    rmSync(this.#built, { recursive: true, force: true })
  }
}

const measured = `
import { writeSync } from 'node:fs'
import { hostOf, run } from './cli.js'
process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)))
process.exit(await run(hostOf(process)))
`
