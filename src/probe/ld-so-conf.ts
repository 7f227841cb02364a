import { below } from './below.ts'
import { Budget } from './budget.ts'
import { recordProbe } from './collect.ts'
import { lines } from './fields.ts'
import type { LdSoConf } from './package-record.ts'

/** Reads ldconfig's configuration (ldconfig(8)): a folder a line, `#` begins a comment. What it includes is read as a
 *  file of its own. */
export function parseLdSoConf(text: string): LdSoConf | undefined {
  const budget = new Budget()
  const folders: string[] = []
  for (const line of lines(text)) {
    const folder = line.replace(/#.*/, '').trim()
    if (!folder.startsWith('/')) continue
    const found = below('/', folder)
    if (!budget.spend(found)) return undefined
    folders.push(found)
  }
  return { kind: 'ld-so-conf', folders }
}

/** `/etc/ld.so.conf`, `/etc/ld.so.conf.d/*.conf`. */
export const ldSoConf = recordProbe({
  id: 'ld-so-conf',
  wants: path =>
    path === '/etc/ld.so.conf' ||
    (path.startsWith('/etc/ld.so.conf.d/') && path.endsWith('.conf') && !path.includes('/', 18)),
  parse: parseLdSoConf,
  limit: 1024 * 1024,
})
