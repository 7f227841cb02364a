import type { Problem } from '../problem.ts'

const levels = { over: 'error', leak: 'error', safe: 'warning', check: 'note' } as const

/** How bad a problem is. */
export function levelOf({ kind }: Problem): (typeof levels)[Problem['kind']] {
  return levels[kind]
}
