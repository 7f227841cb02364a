import { recordProbe } from './collect.ts'
import { lines } from './fields.ts'
import type { OsRelease } from './package-record.ts'

/** Reads os-release(5). What is not set has the default of the manual; `name` is the one for people. */
export function parseOsRelease(text: string): OsRelease {
  const values = new Map<string, string>()
  for (const line of lines(text)) {
    const equals = line.indexOf('=')
    const name = line.slice(0, equals).trim()
    if (equals > 0 && wanted.has(name)) values.set(name, unquoted(line.slice(equals + 1).trim()))
  }
  return {
    kind: 'os-release',
    id: values.get('ID') || 'linux',
    version: values.get('VERSION_ID') ?? '',
    name: values.get('PRETTY_NAME') || values.get('NAME') || 'Linux',
  }
}

const wanted = new Set(['ID', 'VERSION_ID', 'PRETTY_NAME', 'NAME'])

/** Shell quoting, as far as the manual allows it: no expansion, no concatenation. */
function unquoted(value: string): string {
  const quote = value[0]
  if (quote !== '"' && quote !== "'") return value
  const inner = value.slice(1, value.length > 1 && value.endsWith(quote) ? -1 : undefined)
  return quote === '"' ? inner.replace(/\\([\\"$`])/g, '$1') : inner
}

/** `/etc/os-release`, `/usr/lib/os-release`. */
export const osRelease = recordProbe({
  id: 'os-release',
  wants: path => path === '/etc/os-release' || path === '/usr/lib/os-release',
  parse: parseOsRelease,
  limit: 1024 * 1024,
})
