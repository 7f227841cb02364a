import { close, constants, open } from 'node:fs'
import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as after } from 'node:timers/promises'
import { promisify } from 'node:util'
import { codeOf } from '../bytes/reason.ts'

/** Milliseconds after which it is looked again whether somebody reads. */
const pause = 50

/**
 * Writes into a named pipe, once somebody reads it. A thread of Node's that waited for that, as node:fs does, could not be
 * called off, and the process would not end before it. Throws what the system throws, and AbortError.
 */
export async function writePipe(path: string, text: string | Iterable<string>, signal: AbortSignal): Promise<void> {
  const fd = await opened(path, signal)
  const pipe = new Socket({ fd, readable: false, writable: true })
  await pipeline(Readable.from(typeof text === 'string' ? [text] : text), pipe, { signal })
}

async function opened(path: string, signal: AbortSignal): Promise<number> {
  for (;;) {
    try {
      const fd = await promisify(open)(path, constants.O_WRONLY | constants.O_NONBLOCK)
      if (!signal.aborted) return fd
      await promisify(close)(fd)
    } catch (error) {
      // fifo(7): nobody reads.
      if (codeOf(error) !== 'ENXIO') throw error
    }
    await after(pause, undefined, { signal })
  }
}
