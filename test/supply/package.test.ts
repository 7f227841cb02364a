import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { run } from '../real/engines.ts'
import { install, type Packed, packed, root } from './packed.ts'

const { dependencies, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const schemas = Object.keys(exports).filter(name => name.endsWith('.schema.json'))
const modules = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(path =>
  path.endsWith('.ts'),
)

let folder = ''
let one: Packed
let other: Packed

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'imgaudit-package-'))
  const places = [join(folder, 'one'), join(folder, 'another/and/deeper')]
  ;[one, other] = (await Promise.all(places.map(packed))) as [Packed, Packed]
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('is the same bytes wherever it is made', () => {
  expect([...one.files].filter(([path, content]) => !other.files.get(path)?.equals(content))).toEqual([])
  expect(other.sha256).toBe(one.sha256)
})

it('has these files, and no other', () => {
  const chunk = /^dist\/[a-z-]+-[\w-]{8}\.js$/
  expect([...one.files.keys()].filter(path => !chunk.test(path)).sort()).toEqual(
    [
      'LICENSE',
      'README.md',
      'bin/imgaudit.js',
      ...['cli.js', 'imgaudit.1', 'index.js', 'zstd-thread.js'].map(name => `dist/${name}`),
      ...schemas.map(name => `dist/${name.slice('./'.length)}`),
      ...modules.map(path => `dist/${path.replace(/\.ts$/, '.d.ts')}`),
      'package.json',
    ].sort(),
  )
  expect([...one.files.keys()].filter(path => chunk.test(path)).length).toBeLessThan(120)
})

it('is small', () => {
  expect(one.size).toBeLessThan(800_000)
  const unpacked = [...one.files.values()].reduce((sum, { length }) => sum + length, 0)
  expect(unpacked).toBeLessThan(3_000_000)
})

it('says nothing of the machine that made it', () => {
  // Both folders had other names too, and the bytes are the same.
  const said = [...one.files].filter(([, content]) => content.includes(folder) || content.includes('sourceMappingURL'))
  expect(said.map(([path]) => path)).toEqual([])
})

/** What is imported is not inside: no other licence has to come along with the bundles. */
it('imports all that it depends on, and nothing else', () => {
  const imported = new Set<string>()
  for (const [path, content] of one.files) {
    if (!/^(dist|bin)\/.*\.js$/.test(path)) continue
    const imports = content
      .toString()
      .matchAll(/(?:^import\b[^'"\n]*|\bimport\(\s*|\bcreateRequire\([^)]*\)\()["']([^'"]+)["']/gm)
    for (const [, specifier = ''] of imports) {
      if (!/^(\.|node:)/.test(specifier)) imported.add(specifier.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? '')
    }
  }
  expect([...imported].sort()).toEqual(Object.keys(dependencies).sort())
})

it('runs, and has types, where nothing is installed but what it depends on', async () => {
  const installed = join(folder, 'installed')
  install(one, installed, [...Object.keys(dependencies), '@types/node', 'undici-types'])
  const said = await run('node', ['node_modules/imgaudit/bin/imgaudit.js', 'demo', '--no-cache', '--quiet'], {
    cwd: installed,
  })
  expect(said).toContain('docker-archive:imgaudit-demo.tar')

  writeFileSync(join(installed, 'package.json'), '{ "type": "module" }')
  writeFileSync(
    join(installed, 'user.ts'),
    "import { audit, type Report } from 'imgaudit'\nexport const report: Report = await audit('app.tar', { cache: false })\n",
  )
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--lib', 'es2023,esnext.disposable', '--types', 'node']
  await run('node', [join(root, 'node_modules/typescript/bin/tsc'), ...flags, 'user.ts'], { cwd: installed })
})
