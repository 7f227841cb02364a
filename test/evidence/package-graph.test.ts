import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { packageGraphs } from '../../src/evidence/package-graph.ts'
import { examine, image } from '../fixture.ts'
import { type DebianRecord, debianRecords, dpkgList } from '../package.ts'

async function graph(packages: Record<string, DebianRecord>) {
  const found = packageGraphs(await examine(image({ add: debianRecords(packages) }))).get('dpkg /')
  if (found === undefined) throw new Error('no graph')
  return found
}

const auto = { automatic: true }

describe('what goes with a package', () => {
  it('what came for its sake, through others and in circles', async () => {
    const found = await graph({
      tool: { depends: 'a | b', recommends: 'c' },
      a: { ...auto, depends: 'd' },
      b: {},
      c: auto,
      d: { ...auto, depends: 'a' },
      asked: {},
    })
    expect([...found.exclusive(new Set(['tool']))].sort()).toEqual(['a', 'c', 'd'])
  })

  it('nothing that something else depends on or recommends, by any name', async () => {
    const found = await graph({
      tool: { depends: 'a, b, c' },
      a: auto,
      b: { ...auto, provides: 'virtual' },
      c: auto,
      one: { depends: 'a' },
      two: { recommends: 'virtual' },
    })
    expect([...found.exclusive(new Set(['tool']))]).toEqual(['c'])
  })

  it('nothing that nobody takes out', async () => {
    const status = ['tool', 'base'].map(
      name =>
        `Package: ${name}\nStatus: install ok installed\nVersion: 1\n${name === 'tool' ? 'Depends: base\n' : 'Priority: required\n'}`,
    )
    const add = {
      '/var/lib/dpkg/status': status.join('\n'),
      '/var/lib/apt/extended_states': 'Package: base\nAuto-Installed: 1\n',
    }
    const found = packageGraphs(await examine(image({ add }))).get('dpkg /')
    expect([...(found?.exclusive(new Set(['tool'])) ?? ['?'])]).toEqual([])
  })

  it('without apt’s marks what the same instruction brought, and nothing of the root', async () => {
    const stanza = (name: string, depends: string) =>
      `Package: ${name}\nStatus: install ok installed\nVersion: 1\n${depends && `Depends: ${depends}\n`}\n`
    const root = stanza('libc', '')
    const evidence = await examine(
      image(
        { add: { '/var/lib/dpkg/status': root, ...dpkgList('libc', ['/x']) } },
        {
          add: {
            '/var/lib/dpkg/status': root + stanza('tool', 'libc, lib') + stanza('lib', ''),
            ...dpkgList('tool', ['/y']),
            ...dpkgList('lib', ['/z']),
          },
        },
      ),
    )
    expect([
      ...(packageGraphs(evidence)
        .get('dpkg /')
        ?.exclusive(new Set(['tool'])) ?? []),
    ]).toEqual(['lib'])
  })
})

it('names what cannot go, and what depends on it', async () => {
  const found = await graph({ app: { depends: 'x' }, x: { ...auto, depends: 'tool' }, tool: { depends: 'y' }, y: auto })
  expect([...found.required(new Set(['tool']))]).toEqual([['tool', 'x']])
  expect([...found.required(new Set(['app']))]).toEqual([])
  expect(found.dependents('tool')).toEqual(['x'])
})

it('has a graph for each prefix of conda, whose packages all stay', async () => {
  const meta = (name: string, depends: readonly string[]) => JSON.stringify({ name, version: '1', files: [], depends })
  const found = packageGraphs(
    await examine(
      image({
        add: {
          '/opt/conda/conda-meta/a-1-0.json': meta('a', ['b >=1,<2']),
          '/opt/conda/conda-meta/b-1-0.json': meta('b', []),
        },
      }),
    ),
  ).get('conda /opt/conda')
  expect(found?.dependents('b')).toEqual(['a'])
  expect([...(found?.exclusive(new Set(['a'])) ?? ['?'])]).toEqual([])
})

const status = '/var/lib/dpkg/status'
const states = '/var/lib/apt/extended_states'
const hasApt = existsSync('/usr/bin/apt-get') && existsSync(states)

it.skipIf(!hasApt)(
  'agrees with apt about this machine',
  async () => {
    const found = packageGraphs(
      await examine(image({ add: { [status]: readFileSync(status), [states]: readFileSync(states) } })),
    ).get('dpkg /')
    /** What apt would remove; suggestions count for it unless told, and stand in no record here. */
    const removed = (...names: readonly string[]) => {
      const options = ['-s', '-o', 'APT::AutoRemove::SuggestsImportant=false', 'autoremove', '--purge', ...names]
      const text = execFileSync('apt-get', options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      return new Set([...text.matchAll(/^(?:Purg|Remv) ([^\s:]+)/gm)].map(match => match[1] ?? ''))
    }
    const orphans = removed()
    const tools = ['cmake', 'git', 'gdb', 'python3-dev', 'build-essential'].filter(
      name => found?.exclusive(new Set([name])).size,
    )
    for (const tool of tools.slice(0, 2)) {
      const own = new Set([tool, ...(found?.exclusive(new Set([tool])) ?? [])])
      expect([...own].sort(), tool).toEqual([...removed(tool)].filter(name => !orphans.has(name)).sort())
    }
  },
  60_000,
)
