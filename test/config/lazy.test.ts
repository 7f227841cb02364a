import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const src = new URL('../../src/', import.meta.url)
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('.ts'))

/** What a file imports when it is loaded itself. */
function statically(path: string): string[] {
  const text = readFileSync(new URL(path, src), 'utf8')
  const imports = [...text.matchAll(/^(?:import|export) (?!type\b)[^'(]*'([^']+)'/gm)].map(match => match[1] ?? '')
  return imports.map(name => (name.startsWith('.') ? new URL(name, `file:///${path}`).pathname.slice(1) : name))
}

/** What is loaded with a file. */
function loadedWith(path: string, known = new Set<string>()): Set<string> {
  for (const name of statically(path)) {
    if (known.has(name)) continue
    known.add(name)
    if (files.includes(name)) loadedWith(name, known)
  }
  return known
}

it('costs a run without a configuration nothing but a look for one', () => {
  for (const entry of ['cli.ts', 'cli/report-on.ts', 'cli/compare.ts', 'cli/policy.ts', 'audit.ts', 'index.ts']) {
    const loaded = [...loadedWith(entry)]
    expect(loaded, entry).toContain('error.ts')
    expect(
      loaded.filter(name =>
        /^(yaml|zod|picomatch|dockerfile-ast|fast-xml-builder|config\/(read|schema|syntax))\b/.test(name),
      ),
      entry,
    ).toEqual([])
  }
  const loaded = loadedWith('config/read.ts')
  for (const name of ['yaml', 'zod', 'config/schema.ts']) expect(loaded).toContain(name)
})
