import { Budget } from './budget.ts'
import { recordProbe } from './collect.ts'
import { fields } from './fields.ts'
import type { PipMetadata } from './package-record.ts'

/** Reads the header of core metadata (packaging.python.org, "Core metadata specifications"); what follows the first empty
 *  line is a description, and never looked at. */
export function parsePipMetadata(text: string): PipMetadata | undefined {
  const budget = new Budget()
  const requires = new Set<string>()
  let ownName: string | undefined
  let version: string | undefined
  for (const { name, value } of fields(text)) {
    if (name === '') break
    if (name === 'name') ownName ??= value
    else if (name === 'version') version ??= value
    else if (name === 'requires-dist') {
      const required = requirement(value)
      if (required === undefined) continue
      if (!budget.spend(required)) return undefined
      requires.add(required)
    }
  }
  if (!ownName || !version) return undefined
  return { kind: 'pip-metadata', name: ownName, version, requires: [...requires] }
}

/** PEP 503: `Foo.bar__baz` and `foo-bar-baz` are one name. */
export function normalizedName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase()
}

/** The name of `torch[opt] (>=2) ; python_version < "3.12"` (PEP 508), unless an extra must ask for it. */
function requirement(value: string): string | undefined {
  const semicolon = value.indexOf(';')
  if (semicolon !== -1 && /\bextra\b/.test(value.slice(semicolon))) return undefined
  const stop = value.search(/[^A-Za-z0-9._-]/)
  const name = stop === -1 ? value : value.slice(0, stop)
  return name === '' ? undefined : normalizedName(name)
}

/** `*.dist-info/METADATA`, `*.egg-info/PKG-INFO`, and Debian's `*.egg-info` that is a file. */
export const pipMetadata = recordProbe({
  id: 'pip-metadata',
  wants: path =>
    path.endsWith('.dist-info/METADATA') || path.endsWith('.egg-info/PKG-INFO') || path.endsWith('.egg-info'),
  parse: parsePipMetadata,
  headerOnly: true,
})
