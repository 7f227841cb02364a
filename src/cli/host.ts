import type { Readable, Writable } from 'node:stream'

/** A stream to write on, which may be a terminal. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number }

/** All that the command line sees of the machine it runs on. */
export interface Host {
  /** Arguments, without those that name the program. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly homedir: string
  readonly now: () => Date
  readonly stdin: Readable
  readonly stdout: Output
  readonly stderr: Output
  /** Given at the first Ctrl-C or termination, after which the run cleans up and ends; a second one is not held up. */
  readonly signal: AbortSignal
}

/** Columns of a stream; a file gets 80. */
export function columnsOf({ isTTY, columns }: Output): number {
  return isTTY === true && columns !== undefined && columns > 0 ? columns : 80
}

/** Whether to colour what is written on a stream: no-color.org, force-color.org. */
export function coloursOn(stream: Output, env: Host['env'], asked: boolean): boolean {
  if (!asked || env.NO_COLOR) return false
  const force = env.FORCE_COLOR
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false'
  return stream.isTTY === true && env.TERM !== 'dumb'
}
