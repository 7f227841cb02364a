import { ImgauditError } from '../error.ts'

/** What the system said, without its code and the call: `no space left on device` of `ENOSPC: no space left on device,
 *  write`. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return /^[A-Z]+: ([^,]+)/.exec(message)?.[1] ?? message
}

/** The system's code of an error, such as `ENOENT`; undefined of every other error, and of our own. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && !(error instanceof ImgauditError) && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}
