import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** What a library or a program asks for, and where it looks. */
export interface Linking {
  /** Names as they are to stand in NEEDED. */
  readonly needs?: readonly string[]
  readonly soname?: string
  readonly rpath?: string
  readonly runpath?: string
  /** More for gcc. */
  readonly flags?: readonly string[]
  readonly mode?: number
}

/** The environment that a program starts in. */
export interface Start {
  readonly env?: Readonly<Record<string, string>>
  readonly workingDir?: string
}

/** One name that the loader found a file for; undefined where it found none. */
export type Traced = ReadonlyMap<string, string | undefined>

const multiarch = '/lib/x86_64-linux-gnu'

/** A root folder with a libc and programs made for one case, in which the true loader runs, in a chroot. */
export class LoaderRoot {
  readonly folder: string
  readonly #scratch: string

  /** With the loader of this machine, as Debian has it: /lib is a link to /usr/lib. */
  constructor() {
    this.#scratch = mkdtempSync(join(tmpdir(), 'imgaudit-ld-so-'))
    this.folder = join(this.#scratch, 'root')
    for (const folder of ['bin', 'lib', 'lib64']) {
      mkdirSync(this.#at(`/usr/${folder}`), { recursive: true })
      symlinkSync(`usr/${folder}`, this.#at(`/${folder}`))
    }
    for (const folder of ['/proc', '/etc', `/usr${multiarch}`]) mkdirSync(this.#at(folder), { recursive: true })
    for (const name of ['ld-linux-x86-64.so.2', 'libc.so.6']) this.copy(`${multiarch}/${name}`)
    symlinkSync(`${multiarch}/ld-linux-x86-64.so.2`, this.#at('/usr/lib64/ld-linux-x86-64.so.2'))
    copyFileSync(launcher(), this.#at('/usr/bin/launch'))
  }

  remove(): void {
    rmSync(this.#scratch, { recursive: true, force: true })
  }

  copy(path: string): this {
    mkdirSync(dirname(this.#at(path)), { recursive: true })
    copyFileSync(realpathSync(path), this.#at(path))
    return this
  }

  library(path: string, linking: Linking = {}): this {
    this.#make(path, linking, ['-shared', '-nostdlib', '-fPIC'])
    return this
  }

  program(path: string, { mode = 0o755, ...linking }: Linking): this {
    this.#make(path, linking, [])
    chmodSync(this.#at(path), mode)
    return this
  }

  /** By musl's compiler, whose libc is the loader. */
  muslProgram(path: string, linking: Linking): this {
    this.#make(path, linking, [], 'musl-gcc')
    return this
  }

  symlink(path: string, target: string): this {
    mkdirSync(dirname(this.#at(path)), { recursive: true })
    symlinkSync(target, this.#at(path))
    return this
  }

  hardlink(path: string, target: string): this {
    mkdirSync(dirname(this.#at(path)), { recursive: true })
    linkSync(this.#at(target), this.#at(path))
    return this
  }

  write(path: string, content: string): this {
    mkdirSync(dirname(this.#at(path)), { recursive: true })
    writeFileSync(this.#at(path), content)
    return this
  }

  delete(path: string): this {
    rmSync(this.#at(path), { recursive: true })
    return this
  }

  /** Changes bytes of a file's header: the class at 4, the system at 7, the machine at 18. */
  patch(path: string, at: number, byte: number): this {
    const bytes = readFileSync(this.#at(path))
    bytes[at] = byte
    writeFileSync(this.#at(path), bytes)
    return this
  }

  /** Runs ldconfig over the folders of these, as files of /etc/ld.so.conf.d. */
  ldconfig(...folders: readonly string[]): this {
    this.write('/etc/ld.so.conf', 'include /etc/ld.so.conf.d/*.conf\n')
    for (const [at, folder] of folders.entries()) this.write(`/etc/ld.so.conf.d/${at}.conf`, `${folder}\n`)
    execFileSync('ldconfig', ['-r', this.folder], { stdio: 'ignore' })
    return this
  }

  /** What the loader says that it loads for a program; where it gives up, only that. */
  trace(program: string, { env = {}, workingDir = '/' }: Start = {}): Traced | string {
    const { stdout, stderr, status } = this.#run([program], { ...env, LD_TRACE_LOADED_OBJECTS: '1' }, workingDir)
    return status === 0 ? this.#traced(stdout, workingDir) : stderr.trim()
  }

  /** The same for a program that prints what it has loaded (`says`), started by a user without rights. */
  said(program: string, { env = {}, workingDir = '/' }: Start = {}): readonly string[] {
    const { stdout } = this.#run([program], env, workingDir, '65534')
    return stdout
      .split('\n')
      .filter(line => line.startsWith('/'))
      .map(path => this.real(path))
  }

  /** What musl's loader lists. */
  muslTrace(program: string, { env = {}, workingDir = '/' }: Start = {}): Traced {
    const { stdout, stderr } = this.#run(['/lib/ld-musl-x86_64.so.1', '--list', program], env, workingDir)
    const missing = [...stderr.matchAll(/Error loading shared library (\S+):/g)].map(
      ([, name = '']) => [name, undefined] as const,
    )
    return new Map([...this.#traced(stdout, workingDir), ...missing])
  }

  /** An uncompressed tar of all of it. */
  tar(): Buffer {
    return execFileSync('tar', ['-C', this.folder, '--exclude=./proc/*', '--numeric-owner', '-cf', '-', '.'], {
      maxBuffer: 1e9,
    })
  }

  /** Where a path of the root really is in it. */
  real(path: string): string {
    const { stdout } = spawnSync('chroot', [this.folder, '/usr/bin/launch', 'realpath', path], { encoding: 'utf8' })
    return stdout.trim()
  }

  #traced(text: string, workingDir: string): Traced {
    const lines = [...text.matchAll(/^\t(?!linux-vdso)(\S+) (?:=> not found|(?:=> (\S+) )?\(0x)/gm)]
    return new Map(
      lines.map(([line, name = '', to = name]) => {
        return [
          name,
          line.endsWith('not found') ? undefined : this.real(to.startsWith('/') ? to : `${workingDir}/${to}`),
        ]
      }),
    )
  }

  #run(argv: readonly string[], env: Readonly<Record<string, string>>, workingDir: string, user = '0') {
    // A program's own place is told by /proc/self/exe.
    const command = 'mount -t proc proc "$0/proc" && exec chroot "$0" /usr/bin/launch "$@"'
    const args = ['--mount', 'sh', '-c', command, this.folder, 'run', user, workingDir, ...argv]
    const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`)
    return spawnSync('unshare', args, {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LAUNCH: settings.join('\n') },
    })
  }

  #make(
    path: string,
    { needs = [], soname, rpath, runpath, flags = [] }: Linking,
    more: readonly string[],
    compiler = 'gcc',
  ): void {
    mkdirSync(dirname(this.#at(path)), { recursive: true })
    const source = join(this.#scratch, 'source.c')
    writeFileSync(source, more.includes('-shared') ? `const char name_${serial++} = 1;\n` : says)
    const search = runpath ?? rpath
    const linker = [
      '--no-as-needed',
      ...(soname === undefined ? [] : ['-soname', soname]),
      ...(search === undefined
        ? []
        : [runpath === undefined ? '--disable-new-dtags' : '--enable-new-dtags', '-rpath', search]),
    ].flatMap(word => ['-Xlinker', word])
    execFileSync(
      compiler,
      ['-o', this.#at(path), source, ...more, ...linker, ...needs.map(name => this.#stub(name)), ...flags],
      { stdio: 'pipe' },
    )
  }

  /** A library to link against that puts a name into NEEDED. */
  #stub(name: string): string {
    return once(`${encodeURIComponent(name)}.so`, file => {
      gcc('-shared', '-nostdlib', '-fPIC', '-Xlinker', '-soname', '-Xlinker', name, '-o', file, '-x', 'c', '/dev/null')
    })
  }

  #at(path: string): string {
    // Through links of the root, which would lead out of it.
    const parts = path.split('/').filter(part => part !== '')
    const [first = '', ...rest] = parts
    return join(this.folder, ['bin', 'lib', 'lib64'].includes(first) && rest.length > 0 ? 'usr' : '', ...parts)
  }
}

let serial = 0

/** Made for all roots of a run. */
function once(name: string, make: (file: string) => void): string {
  shared ??= mkdtempSync(join(tmpdir(), 'imgaudit-ld-so-'))
  const file = join(shared, name)
  if (!existsSync(file)) make(file)
  return file
}

let shared: string | undefined

/** Removes what was made for all roots. */
export function removeShared(): void {
  if (shared !== undefined) rmSync(shared, { recursive: true, force: true })
  shared = undefined
}

function launcher(): string {
  return once('launch', file => {
    writeFileSync(`${file}.c`, launch)
    gcc('-static', '-o', file, `${file}.c`)
  })
}

function gcc(...args: readonly string[]): void {
  execFileSync('gcc', args, { stdio: 'pipe' })
}

const says = `
#define _GNU_SOURCE
#include <link.h>
#include <stdio.h>
static int say(struct dl_phdr_info *info, size_t size, void *data) { puts(info->dlpi_name); return 0; }
int main(void) { dl_iterate_phdr(say, 0); return 0; }
`

/** Gives a program its user, folder and environment where there is no shell; tells real paths. */
const launch = `
#define _GNU_SOURCE
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv) {
  char *env[99] = {0}, path[4096];
  if (strcmp(argv[1], "realpath") == 0) return puts(realpath(argv[2], path) ? path : "") < 0;
  int count = 0, user = atoi(argv[2]);
  for (char *one = strtok(getenv("LAUNCH"), "\\n"); one; one = strtok(0, "\\n")) env[count++] = one;
  if (chdir(argv[3]) || setgroups(0, 0) || setgid(user) || setuid(user)) return 99;
  execve(argv[4], argv + 4, env);
  perror(argv[4]);
  return 98;
}
`

/** What is missing for such a root, in words; undefined where nothing is. */
export function missingForLoaderRoot(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'it runs on linux/amd64'
  if (process.getuid?.() !== 0) return 'it needs root, for chroot'
  for (const [program, ...args] of [
    ['gcc', '--version'],
    ['musl-gcc', '--version'],
    ['unshare', '--mount', 'true'],
    ['ldconfig', '-V'],
  ] as const) {
    if (spawnSync(program, args).status !== 0) return `${program} does not run`
  }
  return undefined
}
