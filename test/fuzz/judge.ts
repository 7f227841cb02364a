import { ImgauditError } from '../../src/error.ts'
import type { Target } from './target.ts'

/** What a reader may not do. */
export interface Bounds {
  /** Seconds of this process's own time. */
  readonly seconds: number
  /** Bytes that it holds more than before. */
  readonly memory: number
}

export const usualBounds: Bounds = { seconds: 10, memory: 512 * 1024 * 1024 }

/** What no input may lead to: another error than imgaudit's own, or too much of time or memory. */
export class Finding extends Error {
  override readonly name = 'Finding'
  /** Tells one bug from another: what went wrong, and where. */
  readonly signature: string

  constructor(target: Target, what: string, signature = what, cause?: unknown) {
    super(`${target.name}: ${what}`, { cause })
    this.signature = signature
  }
}

/** Reads one input. Answers with `read`, or the code of the error; throws a Finding. */
export async function judge(target: Target, bytes: Buffer, bounds = usualBounds): Promise<string> {
  const memory = process.memoryUsage()
  const start = process.cpuUsage()
  let outcome: string
  try {
    await target.read(bytes)
    outcome = 'read'
  } catch (error) {
    if (!(error instanceof ImgauditError)) throw new Finding(target, `${error}`, signatureOf(error), error)
    outcome = error.code
  }
  const { user, system } = process.cpuUsage(start)
  const seconds = (user + system) / 1e6
  if (seconds > bounds.seconds) throw new Finding(target, `${bytes.length} bytes take ${seconds} s`, 'time')
  const after = process.memoryUsage()
  const held = after.heapUsed + after.external - memory.heapUsed - memory.external
  if (held > bounds.memory) throw new Finding(target, `${bytes.length} bytes hold ${held} bytes of memory`, 'memory')
  return outcome
}

/** The kind of an error, and where in the sources it was thrown. */
function signatureOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = error.stack?.split('\n').find(line => /\bat .*(?:src|test)\//.test(line)) ?? ''
  return `${error.name} ${own.trim().replace(/^.*\/((?:src|test)\/)/, '$1')}`
}
