import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

/** In milliseconds. To start a thread costs 50 ms, so one layer leaves its own to the next. */
const idleLimit = 1000

const youngMebibytes = 2

const program = new URL('./zstd-thread.js', import.meta.url)

const idle = new Map<Worker, NodeJS.Timeout>()
let alive = 0
let most: number | undefined

/** How many threads there may be at once. One core has no use for any; where the sources run uncompiled there is no
 *  program for them. */
export function threadsMost(): number {
  if (most === undefined) {
    const cores = availableParallelism()
    most = cores > 1 && existsSync(program) ? cores : 0
  }
  return most
}

/**
 * A thread that inflates zstd, for one stream; give it back with `returnThread` or terminate it. Undefined when all are
 * lent: to wait for one could be for ever, since who has it may wait for the asker.
 */
export function borrowThread(): Worker | undefined {
  for (const [thread, timer] of idle) {
    clearTimeout(timer)
    idle.delete(thread)
    return thread
  }
  if (alive >= threadsMost()) return undefined
  alive++
  // The options of the process are not for its threads. What one drops is a few objects a chunk: it needs no 16 MiB of them.
  const thread = new Worker(program, { execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: youngMebibytes } })
  thread.unref()
  // Its errors are heard by who has it; those of one that is idle or terminated are nobody's.
  thread.on('error', () => {})
  thread.once('exit', () => {
    alive--
    idle.delete(thread)
  })
  return thread
}

/** Takes a thread back whose stream has ended. */
export function returnThread(thread: Worker): void {
  thread.unref()
  const end = () => {
    idle.delete(thread)
    void thread.terminate()
  }
  idle.set(thread, setTimeout(end, idleLimit).unref())
}
