import { execFileSync, spawnSync } from 'node:child_process'
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Evidence } from '../../src/evidence/evidence.ts'
import { packageHistories } from '../../src/evidence/package-history.ts'
import { missing } from '../bytes/tools.ts'
import { type Content, evidenceOf, file, type LayerData, type Node, openFixture, symlink } from '../fixture.ts'

const steps = ['installed', 'upgraded', 'erased'] as const
// Without root rpm cannot work on a root.
describe.skipIf(missing('rpm', 'rpmbuild') || process.getuid?.() !== 0)('packages of rpm', () => {
  const folder = mkdtempSync(join(tmpdir(), 'imgaudit-rpm-'))
  const rootOf = (layer: number) => join(folder, 'roots', steps[layer] ?? '')
  let contents: readonly ReadonlyMap<string, Node>[]
  let evidence: Evidence

  beforeAll(async () => {
    const script = fileURLToPath(new URL('rpm.sh', import.meta.url))
    execFileSync('bash', [script, join(folder, 'roots')], { stdio: ['ignore', 'ignore', 'pipe'] })
    contents = steps.map((_, layer) => contentsOf(rootOf(layer)))
    const layers = contents.map((now, layer) => layerOf(contents[layer - 1] ?? new Map(), now))
    evidence = await evidenceOf(await openFixture({ config: {}, layers }))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(steps.map((step, layer) => [step, layer] as const))('belong to whom rpm -qf says when %s', (_, layer) => {
    const { filesystem, owners } = evidence
    const root = rootOf(layer)
    const flags = rpm(root, ['-qa', '--qf', '[%{FILEFLAGS:fflags} %{FILENAMES}\n]'])
    const ghosts = new Set(flags.map(line => /^\w*g\w* (.*)/.exec(line)?.[1]))
    expect(ghosts).toContain('/var/log/alpha.log')
    let owned = 0
    for (const path of contents[layer]?.keys() ?? []) {
      const id = filesystem.at(path, layer)
      if (id === undefined) throw new Error(`nothing at ${path}`)
      const owner = owners.owner(id)
      // What an upgrade left as it was is the newer version's.
      const as = filesystem.visible(id) ? steps.length - 1 : filesystem.layerOf(id)
      const [told] = rpm(rootOf(as), ['-qf', '--qf', '%{NAME} %{EVR}\n', path])
      // rpm lays claim to what was written later; it brought none of it.
      const brought = ghosts.has(path) || told === '' || told?.includes('not owned') ? undefined : told
      expect(owner && `${owner.name} ${owner.version}`, path).toBe(brought)
      if (owner !== undefined) owned++
    }
    expect(owned).toBe([10, 10, 5][layer])
  })

  it('have a history', () => {
    const changes = packageHistories(evidence).map(({ key, history }) => [
      key,
      ...history.map(({ layer, version }) => `${layer} ${version}`),
    ])
    expect(changes).toEqual([
      ['rpm:alpha', '0 1.0-1', '1 2.0-1'],
      ['rpm:beta', '0 3:1.0-1', '2 null'],
    ])
  })

  it('leave a database without changes beside it', () => {
    expect(evidence.filesystem.layers.flatMap(layer => layer.index.notices)).toEqual([])
  })
})

function rpm(root: string, words: readonly string[]): string[] {
  const { stdout } = spawnSync('rpm', ['--root', root, '--dbpath', '/var/lib/rpm', ...words], { encoding: 'utf8' })
  return stdout.trimEnd().split('\n')
}

/** Every file and symlink of a root, by path. */
function contentsOf(root: string): Map<string, Node> {
  const found = new Map<string, Node>()
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(root, name)
    const stat = lstatSync(path)
    const content: Content = stat.isFile() ? readFileSync(path) : ''
    if (stat.isFile()) found.set(`/${name}`, file(content))
    else if (stat.isSymbolicLink()) found.set(`/${name}`, symlink(readlinkSync(path)))
  }
  return found
}

/** What changed from one root to the next. */
function layerOf(before: ReadonlyMap<string, Node>, now: ReadonlyMap<string, Node>): LayerData {
  const same = (a: Node | undefined, b: Node) => a !== undefined && JSON.stringify(a) === JSON.stringify(b)
  return {
    add: Object.fromEntries([...now].filter(([path, node]) => !same(before.get(path), node))),
    remove: [...before.keys()].filter(path => !now.has(path)),
  }
}
