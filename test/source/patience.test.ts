import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkTimeout, Patience, timeText } from '../../src/source/engine/patience.ts'
import { failure, scratch } from './open.ts'

const never = () => new Promise<never>(() => {})
const later = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds, 'said'))

describe('what is waited for', () => {
  test('comes in time, or fails by itself', async () => {
    const patience = new Patience('it', 5_000)
    expect(await patience.hear(later(10))).toBe('said')
    await expect(patience.hear(Promise.reject(new Error('no')))).rejects.toThrow('no')
  })

  test('does not come: an error that says who, how long, and what to type', async () => {
    const error = await failure(new Patience('the engine at x', 50).hear(never()))
    expect(error).toMatchObject({ code: 'ENGINE_SILENT', exitCode: 3 })
    expect(error.message).toBe('the engine at x has said nothing for 0.05 seconds')
    expect(error.fix).toContain('--timeout 1h, or none')
  })

  test('came while the process was busy: it is heard', async () => {
    const marker = join(scratch(), 'said')
    const { stdout } = spawn('sh', ['-c', 'echo said; : >"$0"', marker])
    const answer = new Promise(resolve => stdout.once('data', data => resolve(String(data))))
    const heard = new Patience('it', 50).hear(answer)
    // Behind immediates, timers have their turn before what can be read.
    await new Promise<void>(resolve =>
      setImmediate(() => {
        const end = performance.now() + 100
        while (performance.now() < end || !existsSync(marker));
        resolve()
      }),
    )
    expect(await heard).toBe('said\n')
  })

  test('has for ever, where it may', async () => {
    for (const timeout of [Number.POSITIVE_INFINITY, 2 ** 31])
      expect(await new Patience('it', timeout).hear(later(60))).toBe('said')
  })

  test('has seconds alone in a hurry, also where the wait had begun', async () => {
    const patience = new Patience('it', 600_000)
    const waiting = failure(patience.hear(never()))
    patience.hurry()
    const began = performance.now()
    expect((await waiting).code).toBe('ENGINE_SILENT')
    expect((await failure(patience.hear(never()))).code).toBe('ENGINE_SILENT')
    // Both together.
    expect(performance.now() - began).toBeLessThan(9_000)
    expect(await patience.hear(Promise.resolve('said'))).toBe('said')
  })
})

test('a time that is none is refused', async () => {
  for (const timeout of [0, -1, Number.NaN])
    await expect(async () => checkTimeout(timeout)).rejects.toMatchObject({ code: 'USAGE' })
  for (const timeout of [undefined, 1, Number.POSITIVE_INFINITY]) checkTimeout(timeout)
})

test('times are told in the unit that fits', () => {
  const told = [600_000, 3_600_000, 60_000, 90_000, 30_000, 1000, 7_200_000].map(timeText)
  expect(told).toEqual(['10 minutes', '1 hour', '1 minute', '90 seconds', '30 seconds', '1 second', '2 hours'])
})
