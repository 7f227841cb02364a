import { Budget } from './budget.ts'
import { recordProbe } from './collect.ts'
import type { LdMuslPath } from './package-record.ts'

/** Reads where musl's loader looks (musl's ldso/dynlink.c): folders with colons or newlines between them, no comments. */
export function parseLdMuslPath(text: string): LdMuslPath | undefined {
  const budget = new Budget()
  const folders = text.split(/[:\n]+/).filter(folder => folder !== '')
  return folders.every(folder => budget.spend(folder)) ? { kind: 'ld-musl-path', folders } : undefined
}

/** `/etc/ld-musl-<arch>.path`. */
export const ldMuslPath = recordProbe({
  id: 'ld-musl-path',
  wants: path => path.startsWith('/etc/ld-musl-') && path.endsWith('.path') && !path.includes('/', 5),
  parse: parseLdMuslPath,
  limit: 1024 * 1024,
})
