import { above, below } from './below.ts'
import { Budget } from './budget.ts'
import { recordProbe } from './collect.ts'
import type { CondaPackage } from './package-record.ts'

/** Reads what conda linked into a prefix (conda's PrefixRecord). `files` is the list after linking: entry points and
 *  bytecode that conda made itself stand in it. */
export function parseCondaPackage(text: string, path: string): CondaPackage | undefined {
  const record = parsed(text)
  if (!isObject(record) || typeof record.name !== 'string' || typeof record.version !== 'string') return undefined
  if (!Array.isArray(record.files)) return undefined
  const prefix = above(path, 2)
  const budget = new Budget()
  const paths: string[] = []
  for (const file of record.files) {
    if (typeof file !== 'string' || file === '') continue
    const found = below(prefix, file)
    if (!budget.spend(found)) return undefined
    paths.push(found)
  }
  const depends = Array.isArray(record.depends) ? record.depends.flatMap(specOf) : []
  if (!depends.every(name => budget.spend(name))) return undefined
  const found = { kind: 'conda-package', name: record.name, version: record.version, paths } as const
  return depends.length > 0 ? { ...found, depends } : found
}

/** The name of a match specification: `libzlib` of `libzlib >=1.3.1,<2.0a0`. */
function specOf(spec: unknown): string[] {
  const name = typeof spec === 'string' ? spec.trim().split(/[\s=<>!~[]/, 1)[0] : undefined
  return name ? [name] : []
}

interface Unchecked {
  readonly name?: unknown
  readonly version?: unknown
  readonly files?: unknown
  readonly depends?: unknown
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Unchecked {
  return typeof value === 'object' && value !== null
}

/** `<prefix>/conda-meta/<name>-<version>-<build>.json`. */
export const condaPackage = recordProbe({
  id: 'conda-package',
  wants: path => path.endsWith('.json') && path.startsWith('/conda-meta/', path.lastIndexOf('/') - 11),
  parse: parseCondaPackage,
  // 32 MiB of empty objects, parsed, take 0.75 GB; a file of a package takes some 400 bytes, so this is room for 80,000.
  limit: 32 * 1024 * 1024,
})
