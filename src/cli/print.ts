import { codeOf } from '../bytes/reason.ts'
import { ImgauditError } from '../error.ts'
import type { Output } from './host.ts'

/** Writes text on standard output, whole. A reader that has enough and closes the pipe is no error. */
export function print(stream: Output, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, error => {
      if (!error || isClosed(error)) resolve()
      else reject(failed(error))
    })
  })
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
    `standard output cannot be written: ${cause.message}`,
    'make room where it leads to, or write a file elsewhere with -o',
    { cause },
  )
}
