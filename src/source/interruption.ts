import { ImgauditError } from '../error.ts'

/** Throws INTERRUPTED once the signal is given. */
export function checkInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw interrupted()
}

export function interrupted(): ImgauditError {
  return new ImgauditError('INTERRUPTED', 'interrupted', 'run the same command again')
}

/** The chunks as they come, until the signal is given: then INTERRUPTED, even while nothing comes. */
export async function* untilInterrupted(
  chunks: AsyncIterable<Buffer>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  if (signal === undefined) {
    yield* chunks
    return
  }
  const iterator = chunks[Symbol.asyncIterator]()
  try {
    for (;;) {
      const { done, value } = await orInterrupted(() => iterator.next(), signal)
      if (done) return
      yield value
    }
  } finally {
    // Not awaited: a source that is waiting for bytes answers only when they have come.
    iterator.return?.().catch(() => undefined)
  }
}

/** What an action comes to, unless the signal is given before: then INTERRUPTED, while the action goes on. */
export function orInterrupted<Result>(action: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  checkInterrupted(signal)
  return new Promise((resolve, reject) => {
    const stop = () => reject(interrupted())
    signal.addEventListener('abort', stop, { once: true })
    action()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop))
  })
}
