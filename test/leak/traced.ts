import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A system call that was asked for, whether or not it came to something. */
export interface Call {
  readonly name: string
  /** Absolute, as the process named them. */
  readonly paths: readonly string[]
  /** All between the brackets, and what it came to. */
  readonly text: string
  readonly failed: boolean
}

/** What a run wrote, and what it asked the system for. */
export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly calls: readonly Call[]
}

/** The program as it is installed, compiled into a folder of its own, which `remove` takes away again. */
export class Installed {
  readonly folder = mkdtempSync(join(tmpdir(), 'imgaudit-traced-'))
  #runs = 0

  constructor() {
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const options = ['-p', join(root, 'tsconfig.build.json'), '--declaration', 'false', '--noCheck']
    const { status, stdout } = spawnSync(process.execPath, [tsc, ...options, '--outDir', join(this.folder, 'dist')])
    if (status !== 0) throw new Error(String(stdout))
    for (const name of ['bin', 'package.json']) cpSync(join(root, name), join(this.folder, name), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'))
    for (const name of ['home', 'temporary', 'work']) mkdirSync(join(this.folder, name))
  }

  /** A folder to run in. */
  get work(): string {
    return join(this.folder, 'work')
  }

  /** Starts it under strace(1), with nothing of this machine in its environment. */
  run(argv: readonly string[], options: { readonly input?: Buffer; readonly env?: object } = {}): Run {
    const traces = join(this.folder, `trace-${++this.#runs}`)
    mkdirSync(traces)
    // Each thread into a file of its own: in one their calls stand in halves.
    const strace = ['-ff', '-qq', '-v', '-s', '8192', '-e', `trace=${watched.join()}`, '-o', join(traces, 'thread')]
    const { status, stdout, stderr } = spawnSync(
      'strace',
      [...strace, process.execPath, join(this.folder, 'bin/imgaudit.js'), ...argv],
      {
        cwd: this.work,
        input: options.input ?? '',
        encoding: 'utf8',
        maxBuffer: 1 << 28,
        env: {
          PATH: '/usr/bin:/bin',
          HOME: join(this.folder, 'home'),
          TMPDIR: join(this.folder, 'temporary'),
          XDG_CACHE_HOME: join(this.folder, 'cache'),
          ...options.env,
        },
      },
    )
    const lines = readdirSync(traces).flatMap(name => readFileSync(join(traces, name), 'utf8').split('\n'))
    rmSync(traces, { recursive: true })
    return { code: status, stdout, stderr, calls: lines.flatMap(line => callOf(line, this.work)) }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }
}

/** Whatever names a file, starts a program, reaches for a network or gets round both; `?`: where the machine has it. */
const watched = [
  ...['%file', '%process', '%network', 'fchmod', 'fchown', 'ftruncate', '?io_uring_setup', '?memfd_create'],
  ...['mount', 'umount2', 'ptrace', 'setxattr', 'lsetxattr', 'fsetxattr', 'mknodat', '?openat2'],
]

function callOf(line: string, cwd: string): Call[] {
  const [, name = '', text = ''] = /^([\w]+)\((.*)$/s.exec(line) ?? []
  if (name === '') return []
  const strings = [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(match => unescaped(match[1] ?? ''))
  return [{ name, paths: strings.map(path => resolve(cwd, path)), text, failed: / = -1 /.test(text) }]
}

/** As strace(1) writes strings: C's escapes, octal digits. */
function unescaped(text: string): string {
  const bytes = text.replace(/\\(?:([0-7]{1,3})|(.))/g, (_, octal?: string, letter = '') => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
    return letters[letter] ?? letter
  })
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

const letters: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f', b: '\b', a: '\u0007' }

/** Calls that make, change, move or remove files, and the paths that they do it to. */
export function changes(calls: readonly Call[]): { readonly call: Call; readonly paths: readonly string[] }[] {
  return calls.flatMap(call => {
    if (/^open/.test(call.name))
      return /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(call.text) ? [{ call, paths: call.paths }] : []
    return changing.has(call.name) ? [{ call, paths: call.paths }] : []
  })
}

const changing = new Set(
  [
    'creat mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat mknod mknodat',
    'chmod fchmodat fchmodat2 chown lchown fchownat truncate utime utimes utimensat futimesat',
    'setxattr lsetxattr removexattr lremovexattr mount umount2 swapon chroot pivot_root',
  ].flatMap(names => names.split(' ')),
)

/** Whether a path is a folder, or lies below it. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

/** The files that are opened, links and `..` as they were named. */
export function opened(calls: readonly Call[]): readonly string[] {
  return calls.filter(({ name, failed }) => /^open/.test(name) && !failed).flatMap(({ paths }) => paths)
}
