import type { AuditOptions } from '../audit.ts'
import { checkInterrupted, interrupted } from '../source/interruption.ts'
import type { Progress } from '../source/source.ts'
import type { Host } from './host.ts'
import type { ReportOptions } from './report-options.ts'

/** Has an image read as the command line says, with progress, until it is done or Ctrl-C ends it: what was read then is
 *  not printed. */
export async function reading<Answer>(
  host: Host,
  options: ReportOptions,
  read: (options: AuditOptions & { readonly signal: AbortSignal }) => Promise<Answer>,
): Promise<Answer> {
  const { env, cwd, homedir, stdin, signal } = host
  const { dockerfile, against, entries, ...asked } = options
  const progress = await progressOn(host, options.quiet)
  try {
    const surroundings = { env, cwd, homedir, stdin, now: host.now(), signal, ...(progress && { progress }) }
    const answer = await read({ ...asked, ...surroundings })
    checkInterrupted(signal)
    return answer
  } catch (error) {
    // What is thrown then differs: Ctrl-C on a terminal ends ssh as well, whose engine seems to break off.
    throw signal.aborted ? interrupted() : error
  } finally {
    progress?.end()
  }
}

async function progressOn({ stderr }: Host, quiet: boolean): Promise<Progress | undefined> {
  if (quiet || stderr.isTTY !== true) return undefined
  const { Bar } = await import('./progress.ts')
  return new Bar(stderr)
}
