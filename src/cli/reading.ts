import type { AuditOptions } from '../audit.ts'
import { ImgauditError } from '../error.ts'
import type { Progress } from '../source/source.ts'
import type { Host } from './host.ts'
import type { ReportOptions } from './report-options.ts'

/** Has an image read as the command line says, with progress, until it is done or Ctrl-C ends it. */
export async function reading<Answer>(
  host: Host,
  options: ReportOptions,
  read: (options: AuditOptions & { readonly signal: AbortSignal }) => Promise<Answer>,
): Promise<Answer> {
  const { env, cwd, homedir, stdin } = host
  const { dockerfile, against, entries, ...asked } = options
  const abort = new AbortController()
  const unlisten = host.onInterrupt(() => abort.abort())
  const progress = await progressOn(host, options.quiet)
  const { signal } = abort
  try {
    return await read({ ...asked, env, cwd, homedir, stdin, now: host.now(), signal, ...(progress && { progress }) })
  } catch (error) {
    // What a library throws when it is told to stop differs from library to library.
    if (!signal.aborted || error instanceof ImgauditError) throw error
    throw new ImgauditError('INTERRUPTED', 'interrupted', 'run the same command again', { cause: error })
  } finally {
    progress?.end()
    unlisten()
  }
}

async function progressOn({ stderr }: Host, quiet: boolean): Promise<Progress | undefined> {
  if (quiet || stderr.isTTY !== true) return undefined
  const { Bar } = await import('./progress.ts')
  return new Bar(stderr)
}
