import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { goProgram } from './go-program.ts'
import type { Answer, Oracle, Told } from './told.ts'

const environment = { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8', PYTHONUTF8: '1' }

/** Go's archive/tar, with which every container engine unpacks layers: where readers differ, it is right. */
export const go: Oracle = {
  name: 'Go',
  tools: ['go'],
  says: ['mode', 'uid', 'gid', 'mtime', 'start'],
  read: async paths => lines(await goTar(), [], paths),
}

/** The program that asks Go, and has it write: see the file. */
export function goTar(): Promise<string> {
  return goProgram(file('archive-tar.go'))
}

/** Python's tarfile. */
export const python: Oracle = {
  name: 'Python',
  tools: ['python3'],
  says: ['mode', 'uid', 'gid', 'mtime', 'start', 'runs'],
  read: paths => lines('python3', [file('python.py')], paths),
}

/** Its members of one archive, at once. */
export function pythonMembers(path: string): readonly Told[] {
  const options = { env: environment, input: `${path}\n`, encoding: 'utf8', maxBuffer: 2 ** 28 } as const
  const { stdout, stderr } = spawnSync('python3', [file('python.py')], options)
  if (stdout === '') throw new Error(stderr)
  const { members, error } = JSON.parse(stdout) as Answer
  if (error !== undefined) throw new Error(error)
  return members
}

/** libarchive, which bsdtar is made of: its functions say more than bsdtar prints. It joins runs that touch, so theirs are
 *  seen in the digest alone. */
export const libarchive: Oracle = {
  name: 'libarchive',
  tools: ['bsdtar', 'python3'],
  says: ['mode', 'uid', 'gid', 'mtime'],
  read: paths => lines('python3', [file('libarchive.py')], paths),
}

function file(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

/** What a program answers to paths on its standard input, a line of JSON each. */
async function lines(program: string, options: string[], paths: readonly string[]): Promise<Answer[]> {
  const child = spawn(program, options, { env: environment })
  const [out, problem]: Buffer[][] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => out?.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => problem?.push(chunk))
  child.stdin.on('error', () => {}) // it ended before it had read all, and says why
  child.stdin.end(paths.map(path => `${path}\n`).join(''))
  const status = await new Promise<number | null>((settle, fail) => child.on('error', fail).on('close', settle))
  const answers = Buffer.concat(out ?? [])
    .toString()
    .split('\n')
    .slice(0, -1)
  if (status === 0 && answers.length === paths.length) return answers.map(answer => JSON.parse(answer) as Answer)
  throw new Error(`${program} ended with ${status}: ${Buffer.concat(problem ?? [])}`)
}
