import { Budget } from './budget.ts'
import { recordProbe } from './collect.ts'
import { fields } from './fields.ts'
import type { DpkgPackage, DpkgStatus } from './package-record.ts'

/** Reads dpkg's status file (dpkg-query(1), deb822(5)). A stanza without Status is one that distroless keeps: installed. */
export function parseDpkgStatus(text: string): DpkgStatus | undefined {
  const budget = new Budget()
  const packages: DpkgPackage[] = []
  let stanza = new Map<string, string>()
  for (const { name, value } of fields(text)) {
    if (wanted.has(name)) {
      if (!stanza.has(name)) stanza.set(name, value)
      continue
    }
    if (name !== '') continue
    const found = packageOf(stanza)
    stanza = new Map()
    if (found === undefined) continue
    const relations = [...found.depends, ...(found.recommends ?? []), ...(found.provides ?? [])]
    if (!budget.spend(found.name) || !relations.every(name => budget.spend(name))) return undefined
    packages.push(found)
  }
  return { kind: 'dpkg-status', packages }
}

const wanted = new Set([
  'package',
  'status',
  'version',
  'architecture',
  'depends',
  'pre-depends',
  'recommends',
  'provides',
  'essential',
  'protected',
  'priority',
])
const installed = new Set(['install ok installed', 'hold ok installed'])
const folder = '/var/lib/dpkg/status.d/'

function packageOf(stanza: ReadonlyMap<string, string>): DpkgPackage | undefined {
  const name = stanza.get('package')
  const version = stanza.get('version')
  if (!name || !version || !installed.has(stanza.get('status') ?? 'install ok installed')) return undefined
  const recommends = names(stanza.get('recommends'))
  const provides = names(stanza.get('provides'))
  return {
    name,
    version,
    architecture: stanza.get('architecture') ?? '',
    depends: names(stanza.get('pre-depends'), stanza.get('depends')),
    ...(recommends.length > 0 ? { recommends } : {}),
    ...(provides.length > 0 ? { provides } : {}),
    ...(isEssential(stanza) ? { essential: true } : {}),
  }
}

/** What dpkg refuses to remove without force (deb-control(5)), and what no system of Debian's is without. */
function isEssential(stanza: ReadonlyMap<string, string>): boolean {
  if (stanza.get('essential') === 'yes' || stanza.get('protected') === 'yes') return true
  return stanza.get('priority') === 'required'
}

/** Package names of `a (>= 1) | b:any [amd64], c`: Debian Policy 7.1. */
function names(...relations: readonly (string | undefined)[]): string[] {
  const found = new Set<string>()
  for (const text of relations) {
    if (text === undefined) continue
    // One after the other: as a list, 60 MB of commas take 2 GB.
    for (let at = 0; at < text.length; ) {
      let end = at
      while (end < text.length && !isBetween(text.charCodeAt(end))) end++
      if (end > at) {
        const name = text.slice(at, end).trim()
        const stop = name.search(/[\s(:[<]/)
        const bare = stop === -1 ? name : name.slice(0, stop)
        if (bare !== '') found.add(bare)
      }
      at = end + 1
    }
  }
  return [...found]
}

/** `,` and `|`. */
function isBetween(code: number): boolean {
  return code === 0x2c || code === 0x7c
}

/** `/var/lib/dpkg/status`, and distroless' `/var/lib/dpkg/status.d/<package>`, a file for each package. */
export const dpkgStatus = recordProbe({
  id: 'dpkg-status',
  wants: path =>
    path === '/var/lib/dpkg/status' ||
    (path.startsWith(folder) && !path.includes('/', folder.length) && !path.endsWith('.md5sums')),
  parse: parseDpkgStatus,
})
