import { codeOf, reasonOf } from '../bytes/reason.ts'
import { ImgauditError } from '../error.ts'
import { orInterrupted } from '../source/interruption.ts'
import type { Host, Output } from './host.ts'

/** Writes text on standard output, whole. A reader that has enough and closes the pipe is no error; one that reads no more
 *  is waited for until the run is interrupted. */
export function print({ stdout, signal }: Pick<Host, 'stdout' | 'signal'>, text: string): Promise<void> {
  const written = () => {
    return new Promise<void>((resolve, reject) => {
      stdout.write(text, error => {
        if (!error || isClosed(error)) resolve()
        else reject(failed(error))
      })
    })
  }
  return orInterrupted(written, signal)
}

/** Writes text on standard error; where even that fails, nobody can be told. */
export function tell(stream: Output, text: string): Promise<void> {
  return new Promise(resolve => {
    stream.write(text, () => resolve())
  })
}

function isClosed(error: Error): boolean {
  const code = codeOf(error)
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED'
}

function failed(cause: Error): ImgauditError {
  return new ImgauditError(
    'OUTPUT_FAILED',
    `standard output cannot be written: ${reasonOf(cause)}`,
    'make room where it leads to, or write a file elsewhere with -o',
    { cause },
  )
}
