import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Evidence } from '../../src/evidence/evidence.ts'
import { gather } from '../../src/evidence/gather.ts'
import { linksOf } from '../../src/evidence/link/linked.ts'
import type { LinkEdge } from '../../src/evidence/link/links.ts'
import type { EntryId } from '../../src/image/filesystem.ts'
import { openImage } from '../../src/source/index.ts'
import { podmanArchive } from '../archive.ts'
import { type Case, glibcCases } from './glibc-cases.ts'
import { LoaderRoot, missingForLoaderRoot, removeShared, type Start, type Traced } from './loader-root.ts'
import { muslCases } from './musl-cases.ts'
import { openOptions } from './open-options.ts'
import { processorCases } from './processor-cases.ts'

const missing = missingForLoaderRoot()
if (missing !== undefined) {
  if (process.env.IMGAUDIT_REQUIRE_ENGINES === '1') throw new Error(`the loader cannot be asked: ${missing}`)
  console.warn(`SKIPPED "what ld.so loads": ${missing}`)
}

describe.skipIf(missing !== undefined)('what ld.so loads', () => {
  it.each(Object.entries(glibcCases))('%s', async (_, { make, program = '/bin/app', rules, ...start }) => {
    const { root, evidence } = await made(make, start)
    const edges = edgesFrom(evidence, at(evidence, root.real(program)))
    expect(rulesOf(edges, rules)).toEqual(rules)
    const traced = root.trace(program, start)
    if (typeof traced === 'string') {
      // It gave up: `error while loading shared libraries: libx.so: invalid ELF header`.
      expect(edges.filter(({ because }) => because.startsWith('the loader stops')).map(({ name }) => name)).toEqual([
        /libraries: (?:\/\S*\/)?([^:/]+):/.exec(traced)?.[1],
      ])
    } else expect(found(evidence, edges, traced)).toEqual(seen(evidence, traced))
  })

  it.each(Object.entries(processorCases))('%s', async (_, { make, program = '/bin/app', rules, ...start }) => {
    const { root, evidence } = await made(make, start)
    const edges = edgesFrom(evidence, at(evidence, root.real(program)))
    const traced = root.trace(program, start)
    if (typeof traced === 'string') throw new Error(traced)
    for (const [name, rule] of Object.entries(rules)) {
      const all = edges.filter(edge => edge.name === name)
      expect(new Set(all.map(edge => edge.rule))).toEqual(new Set([rule]))
      expect(all.map(({ to }) => pathOf(evidence, to))).toContain(traced.get(name))
    }
  })

  it('takes nothing from the environment for a program with the rights of another user', async () => {
    const start: Start = { env: { LD_LIBRARY_PATH: '/opt/b', LD_PRELOAD: '/opt/b/libpre.so' } }
    const { root, evidence } = await made(
      root =>
        root
          .library('/opt/a/libx.so', { soname: 'libx.so' })
          .library('/opt/b/libx.so', { soname: 'libx.so' })
          .library('/opt/b/libpre.so', { soname: 'libpre.so' })
          .library('/opt/app/liby.so', { soname: 'liby.so' })
          .library('/usr/lib/liby.so', { soname: 'liby.so' })
          .program('/opt/app/app', { needs: ['libx.so', 'liby.so'], runpath: '/opt/a:$ORIGIN', mode: 0o4755 }),
      start,
    )
    const edges = edgesFrom(evidence, at(evidence, '/opt/app/app'))
    expect(rulesOf(edges, { 'libx.so': '', 'liby.so': '' })).toEqual({ 'libx.so': 'runpath', 'liby.so': 'default' })
    const loaded = root.said('/opt/app/app', start)
    expect(new Set(edges.map(({ to }) => pathOf(evidence, to)))).toEqual(new Set(loaded))
  })
})

describe.skipIf(missing !== undefined)("what musl's loader loads", () => {
  it.each(Object.entries(muslCases))('%s', async (_, { make, program = '/bin/app', rules, ...start }) => {
    const { root, evidence } = await made(root => make(root.copy('/lib/ld-musl-x86_64.so.1')), start)
    const edges = edgesFrom(evidence, at(evidence, root.real(program)))
    expect(rulesOf(edges, rules)).toEqual(rules)
    const traced = root.muslTrace(program, start)
    expect(found(evidence, edges, traced)).toEqual(seen(evidence, traced))
  })
})

const roots: LoaderRoot[] = []
afterAll(() => {
  for (const root of roots) root.remove()
  removeShared()
})

/** The root of a case, and what is known of an image of it. */
async function made(make: Case['make'], { env = {}, workingDir = '/' }: Start) {
  const root = make(new LoaderRoot())
  roots.push(root)
  const config = { Env: Object.entries(env).map(([name, value]) => `${name}=${value}`), WorkingDir: workingDir }
  const file = join(root.folder, '..', 'image.tar')
  writeFileSync(file, await podmanArchive({ layers: [root.tar()], config: { config } }))
  const image = await openImage(`docker-archive:${file}`, openOptions())
  onTestFinished(async () => image[Symbol.asyncDispose]())
  return { root, evidence: await gather(image) }
}

function at({ filesystem }: Evidence, path: string): EntryId {
  const id = filesystem.at(path)
  if (id === undefined) throw new Error(`no ${path}`)
  return filesystem.inode(id)
}

/** Everything that one program asks for, and what it gets, asks for. */
function edgesFrom(evidence: Evidence, program: EntryId): LinkEdge[] {
  const links = linksOf(evidence)
  const seen = new Set([program])
  const edges: LinkEdge[] = []
  for (const file of seen) {
    for (const edge of links.neededOf(file)) {
      if (edge.reach !== 'loaded') continue
      edges.push(edge)
      if (edge.to !== undefined) seen.add(edge.to)
    }
  }
  return edges
}

function rulesOf(
  edges: readonly LinkEdge[],
  names: Readonly<Record<string, string>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.keys(names).map(name => [name, edges.find(edge => edge.name === name)?.rule]))
}

/** The names that the loader tells, as the edges have them; and those that it should have told. */
function found(evidence: Evidence, edges: readonly LinkEdge[], traced: Traced): Record<string, string | undefined> {
  const files = new Set(Object.values(seen(evidence, traced)))
  const told = edges
    .filter(({ name, to }) => traced.has(name) || !files.has(pathOf(evidence, to)))
    // What cannot be preloaded is no error.
    .filter(({ to, because }) => to !== undefined || !because.startsWith('LD_PRELOAD'))
  return Object.fromEntries(told.map(({ name, to }) => [name, pathOf(evidence, to)]))
}

/** What the loader tells, each file by one of its names. */
function seen(evidence: Evidence, traced: Traced): Record<string, string | undefined> {
  const name = (path: string | undefined) => (path === undefined ? path : pathOf(evidence, at(evidence, path)))
  return Object.fromEntries([...traced].map(([asked, path]) => [asked, name(path)]))
}

function pathOf({ filesystem }: Evidence, inode: EntryId | undefined): string | undefined {
  return inode === undefined ? undefined : filesystem.path(filesystem.nameOf(inode))
}
