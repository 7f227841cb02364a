import { homedir } from 'node:os'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type Host, run } from '../../src/cli.ts'

/** What a command wrote, and how it ended. */
export interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The day of every run in the tests. */
export const today = new Date('2026-06-15T12:00:00Z')

/** Runs the command line in a folder, as the bin does, without a terminal. */
export async function imgaudit(cwd: string, argv: readonly string[], host: Partial<Host> = {}): Promise<Answer> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const said = Promise.all([text(stdout), text(stderr)])
  const surroundings = { env: {}, homedir: homedir(), stdin: Readable.from([]), signal: new AbortController().signal }
  const code = await run({ ...surroundings, now: () => today, ...host, cwd, argv, stdout, stderr })
  stdout.end()
  stderr.end()
  const [out, err] = await said
  return { code, stdout: out, stderr: err }
}
