import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { rules } from '../src/rule/index.ts'
import type { Rule } from '../src/rule/rule.ts'

const root = new URL('../', import.meta.url)

/** Each may import what stands to its left, and its own folder. */
const order: readonly (readonly string[])[] = [
  ['error', 'version'],
  ['bytes'],
  ['tar'],
  ['probe'],
  ['image'],
  ['source'],
  ['evidence'],
  ['rule'],
  ['savings'],
  ['report'],
  ['dockerfile', 'config'],
  ['compare'],
  ['trend'],
  ['audit', 'demo', 'index', 'schemas', 'schema-files'],
  ['cli'],
]

/** Files over 300 lines, each with the reason why it is better whole. */
const long: Readonly<Record<string, string>> = {}

const banned = /^(utils?|helpers?|common|misc|types?|constants?)\.ts$/

interface Source {
  /** `image/entry.ts` */
  readonly path: string
  readonly text: string
}

const sources = await readSources()

async function readSources(): Promise<Source[]> {
  const found = await readdir(new URL('src/', root), { recursive: true })
  const paths = found.filter(path => path.endsWith('.ts')).sort()
  return Promise.all(paths.map(async path => ({ path, text: await readFile(new URL(`src/${path}`, root), 'utf8') })))
}

/** `image` of `image/entry.ts`, `error` of `error.ts`. */
function partOf(path: string): string {
  return path.split('/')[0]?.replace(/\.ts$/, '') ?? ''
}

function rank(part: string): number {
  return order.findIndex(parts => parts.includes(part))
}

/** What a file imports, lazily or for types only too: paths below src for its own files, else the specifier. */
function importsOf({ path, text }: Source): string[] {
  const specifiers = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(match => match[1] ?? '')
  return specifiers.map(specifier => {
    if (!specifier.startsWith('.')) return specifier
    return new URL(specifier, `file:///src/${path}`).pathname.slice('/src/'.length)
  })
}

/** The file without comments, where words mean nothing. */
function codeOf({ text }: Source): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')
}

describe('the import order', () => {
  it('has a place for every part', () => {
    expect(sources.map(source => partOf(source.path)).filter(part => rank(part) < 0)).toEqual([])
  })

  it('is kept by every file', () => {
    const wrong = sources.flatMap(source =>
      importsOf(source)
        .filter(imported => imported.endsWith('.ts') && partOf(imported) !== partOf(source.path))
        .filter(imported => rank(partOf(imported)) > rank(partOf(source.path)))
        .map(imported => `${source.path} imports ${imported}`),
    )
    expect(wrong).toEqual([])
  })

  it('keeps sources apart: what several of them need is a file of its own', () => {
    const shared = new Set(['index', 'source', 'interruption'])
    const isPlace = (path: string) => /^source\/[^/]+$/.test(path) && !shared.has(nameOf(path))
    const wrong = sources
      .filter(({ path }) => isPlace(path))
      .flatMap(source => importsOf(source).map(imported => ({ path: source.path, imported })))
      // An engine's export and standard input are archives.
      .filter(({ path, imported }) => isPlace(imported) && path !== imported && imported !== 'source/archive.ts')
    expect(wrong).toEqual([])
  })

  it('lets no rule see another', () => {
    const ids = new Set(rules.map(rule => `rule/${rule.id}.ts`))
    const wrong = sources
      .filter(({ path }) => ids.has(path))
      .flatMap(source =>
        importsOf(source)
          .filter(imported => ids.has(imported))
          .map(imported => `${source.path}: ${imported}`),
      )
    expect(wrong).toEqual([])
  })
})

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.ts$/, '')
}

describe('the process', () => {
  it('is named in cli.ts alone, and in the entry of the library for what its callers leave out', () => {
    const named = sources.filter(source => /\bprocess\s*[.,)[]|node:process\b|\bconsole\./.test(codeOf(source)))
    expect(named.map(({ path }) => path).filter(path => partOf(path) !== 'cli' && path !== 'index.ts')).toEqual([])
  })

  it('is handed over by three lines of bin', async () => {
    const text = await readFile(new URL('bin/imgaudit.js', root), 'utf8')
    expect(text.split('\n').filter(line => line !== '').length).toBeLessThanOrEqual(3)
  })
})

describe('dependencies', () => {
  it('leave SQLite to the probe of rpm, which loads it when there is a database', () => {
    const sqlite = '@sqlite.org/sqlite-wasm'
    const importers = sources.filter(source => importsOf(source).includes(sqlite))
    expect(importers.map(({ path }) => path)).toEqual(['probe/rpm/sqlite.ts'])
    for (const { text } of importers) expect(text).not.toMatch(/^import (?!type)[^\n]* from '@sqlite/m)
  })

  it('leave dockerode to the engine source, which loads it when it needs it', () => {
    const importers = sources.filter(source => importsOf(source).includes('dockerode'))
    expect(importers.map(({ path }) => path).filter(path => !path.startsWith('source/engine'))).toEqual([])
    for (const { path, text } of importers) expect(text, path).not.toMatch(/^import (?!type)[^\n]* from 'dockerode'/m)
  })
})

describe('files', () => {
  it('are named after the one thing in them', () => {
    const names = sources.map(({ path }) => path)
    expect(names.filter(path => banned.test(path.slice(path.lastIndexOf('/') + 1)))).toEqual([])
    expect(names.filter(path => !/^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(path))).toEqual([])
  })

  it('have 300 lines at most, or a reason', () => {
    const over = sources.filter(({ text }) => text.split('\n').length > 301).map(({ path }) => path)
    expect(over).toEqual(Object.keys(long))
  })

  it('do not cast what the compiler would not let pass', () => {
    const casts = sources.filter(source =>
      /\bas unknown as\b|\bas any\b|: any\b(?!\()|<any>|@ts-ignore|@ts-expect-error/.test(codeOf(source)),
    )
    expect(casts.map(({ path }) => path)).toEqual([])
  })
})

describe('rules', () => {
  it('are all listed: each file of src/rule that exports one', () => {
    const files = sources.filter(({ path, text }) => path.startsWith('rule/') && /^export default\b/m.test(text))
    const listed = new Set(rules.map(rule => rule.id))
    const missing = files.map(({ path }) => nameOf(path)).filter(name => !listed.has(name))
    expect(missing.map(name => `add ${name} to a group in src/rule/index.ts`)).toEqual([])
    expect(new Set(rules.map(rule => rule.id)).size).toBe(rules.length)
  })

  it.each(rules.map(rule => [rule.id, rule] as const))(
    '%s has a file, help, a fixture and a test',
    (id: string, rule: Rule) => {
      expect(existsSync(new URL(`src/rule/${id}.ts`, root)), `src/rule/${id}.ts`).toBe(true)
      expect(existsSync(new URL(`fixtures/rule/${id}.ts`, root)), `fixtures/rule/${id}.ts`).toBe(true)
      expect(existsSync(new URL(`test/rule/${id}.test.ts`, root)), `test/rule/${id}.test.ts`).toBe(true)
      const paragraphs = rule.help.trim().split('\n\n')
      expect(paragraphs.map(paragraph => paragraph.slice(0, paragraph.indexOf(':') + 1))).toEqual([
        'Why:',
        'Fix:',
        'Keep:',
      ])
      expect(rule.title).not.toBe('')
    },
  )
})
