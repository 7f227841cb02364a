import { Budget } from './budget.ts'
import { recordProbe } from './collect.ts'
import type { LdSoPreload } from './package-record.ts'

/** Reads the list of what to load first (ld.so(8)): names with blanks or colons between them, `#` begins a comment. */
export function parseLdSoPreload(text: string): LdSoPreload | undefined {
  const budget = new Budget()
  const names = text
    .replace(/#.*/g, '')
    .split(/[:\s]+/)
    .filter(name => name !== '')
  return names.every(name => budget.spend(name)) ? { kind: 'ld-so-preload', names } : undefined
}

/** `/etc/ld.so.preload`. */
export const ldSoPreload = recordProbe({
  id: 'ld-so-preload',
  wants: path => path === '/etc/ld.so.preload',
  parse: parseLdSoPreload,
  limit: 1024 * 1024,
})
