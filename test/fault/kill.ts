import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { type Ending, type Run, start } from './program.ts'

/** A way to an image, or a thing to do with one. */
export interface Way {
  readonly argv: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Gives it what it reads on standard input. */
  readonly feed?: (run: Run) => Promise<void>
  /** Files that it writes into its folder: each is whole, or not there. */
  readonly outputs?: readonly string[]
  /** A folder that it is not to see. */
  readonly hidden?: string
  /** What must hold of each run when it has ended. */
  readonly check?: (pid: number) => Promise<void>
}

/** Where random points in time come from. */
export const seed = Number(process.env.IMGAUDIT_FAULT_SEED ?? 20_261_122)

/** Runs that are killed, in all; half of them need no engine. */
export const kills = Number(process.env.IMGAUDIT_FAULT_KILLS ?? 100)

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Milliseconds. A run that waits for ever is told apart from one on a busy machine. */
const hang = 15_000

/** Kills so many runs at random points in time, two at once, and expects that nothing is left of any. */
export async function killAtRandom(built: string, way: Way, count: number, salt: number): Promise<void> {
  const whole = await run(built, way, undefined, 'SIGINT')
  expect(whole.ending, whole.ending.stderr).toMatchObject({ code: 0 })
  const random = generator(seed + salt)
  const points = Array.from({ length: count }, () => {
    const signal = signals[Math.floor(random() * signals.length)] ?? 'SIGINT'
    return { delay: random() * whole.took * 1.1, signal }
  })
  let stopped = 0
  const remaining = points[Symbol.iterator]()
  const work = async () => {
    for (const { delay, signal } of remaining) {
      const { ending, took, late } = await run(built, way, delay, signal)
      const what = `seed ${seed}: ${way.argv.join(' ')} got ${signal} after ${Math.round(delay)} of ${Math.round(took)} ms\n${ending.stderr}`
      // Before the program listens, the signal is what ends it; behind its end, it has no effect.
      const ends = ending.signal === signal ? [undefined] : [130, 0]
      expect(ends, what).toContain(ending.code)
      if (ending.code === 130) {
        stopped++
        expect(ending.stdout, what).toBe('')
      }
      expect(late, `${what}: it ended ${late} ms later`).toBeLessThan(hang)
    }
  }
  await Promise.all([work(), work()])
  // Most points lie between the start of the program and its end.
  if (count >= 8) expect(stopped, `seed ${seed}: ${way.argv.join(' ')}: interrupted`).toBeGreaterThan(0)
}

/** One run in a folder of its own, killed after so many milliseconds. */
async function run(
  built: string,
  way: Way,
  delay: number | undefined,
  signal: NodeJS.Signals,
): Promise<{ readonly ending: Ending; readonly took: number; readonly late: number }> {
  const home = mkdtempSync(join(tmpdir(), 'imgaudit-killed-'))
  const [cwd, temporary] = [join(home, 'work'), join(home, 'tmp')]
  for (const folder of [cwd, temporary]) mkdirSync(folder)
  const marker = home.slice(-6)
  const env = { HOME: home, TMPDIR: temporary, IMGAUDIT_FAULT: marker, ...way.env }
  try {
    const began = performance.now()
    const hidden = way.hidden === undefined ? {} : { hidden: way.hidden }
    const running = start(built, way.argv, { cwd, env, ...hidden })
    const fed = way.feed?.(running)
    fed?.catch(() => undefined)
    if (way.feed === undefined) running.stdin?.end()
    if (delay !== undefined) await Promise.race([running.ended, sleep(delay, undefined, { ref: false })])
    const killedAt = performance.now()
    if (delay !== undefined) running.kill(signal)
    const ending = await running.ended
    await way.check?.(running.pid)
    const what = `${way.argv.join(' ')} with ${signal} after ${delay} ms, seed ${seed}`
    expect(readdirSync(temporary), what).toEqual([])
    expect(unfinished(home), what).toEqual([])
    for (const name of readdirSync(cwd)) expect(way.outputs ?? [], what).toContain(name)
    for (const name of way.outputs?.filter(name => name.endsWith('.json')) ?? []) {
      if (readdirSync(cwd).includes(name)) JSON.parse(readFileSync(join(cwd, name), 'utf8'))
    }
    expect(marked(marker), `${what}: processes`).toEqual([])
    return { ending, took: ending.at - began, late: Math.max(0, ending.at - killedAt) }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** Files that somebody was still writing: both the cache and outputs give them such names. */
function unfinished(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.filter(name => /(?:^|\/)\.[^/]*[0-9a-f]{8}-[0-9a-f-]{27}/.test(name))
}

/** Processes that a run has left: what it starts has its environment. */
function marked(marker: string): string[] {
  return readdirSync('/proc').filter(pid => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`IMGAUDIT_FAULT=${marker}`)
    } catch {
      return false
    }
  })
}

/** Mulberry32. */
function generator(start: number): () => number {
  let state = start >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
