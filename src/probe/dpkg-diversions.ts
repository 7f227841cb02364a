import { below } from './below.ts'
import { Budget } from './budget.ts'
import { recordProbe } from './collect.ts'
import { lines } from './fields.ts'
import type { DpkgDiversions } from './package-record.ts'

/** Reads dpkg's diversions: three lines each, a path, where its file goes, and whose package stays at the path (divertdb.c). */
export function parseDpkgDiversions(text: string): DpkgDiversions | undefined {
  const budget = new Budget()
  const all = [...lines(text)]
  if (all.at(-1) === '') all.pop()
  if (all.length % 3 !== 0) return undefined
  const diversions: DpkgDiversions['diversions'][number][] = []
  for (let at = 0; at < all.length; at += 3) {
    const [path = '', to = '', name = ''] = all.slice(at, at + 3)
    if (!budget.spend(path) || !budget.spend(to) || !budget.spend(name)) return undefined
    diversions.push({ path: below('/', path), to: below('/', to), package: name })
  }
  return { kind: 'dpkg-diversions', diversions }
}

/** `/var/lib/dpkg/diversions`. */
export const dpkgDiversions = recordProbe({
  id: 'dpkg-diversions',
  wants: path => path === '/var/lib/dpkg/diversions',
  parse: parseDpkgDiversions,
})
