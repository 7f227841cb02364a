import { describe, expect, it } from 'vitest'
import { Owners } from '../../src/evidence/owners.ts'
import { packageGraphs } from '../../src/evidence/package-graph.ts'
import { packageHistories } from '../../src/evidence/package-history.ts'
import { type Content, examine, type Fixture, image, type Node, symlink } from '../fixture.ts'
import { database, headerOf, rpmdb } from '../probe/rpm/fixture.ts'

const path = '/var/lib/rpm/rpmdb.sqlite'

function files(name: string, version: string, size: number): Record<string, Content | Node> {
  return {
    [`/etc/${name}.conf`]: 12,
    [`/usr/bin/${name}`]: size,
    [`/usr/bin/${name}-link`]: symlink(name),
    [`/usr/lib/${name}/data-${version}`]: 10 * size,
    [`/usr/lib/${name}/dätä`]: 22,
  }
}

const three: Fixture = image(
  {
    run: 'dnf install -y alpha beta',
    add: {
      [path]: rpmdb('installed'),
      ...files('alpha', '1.0', 100),
      ...files('beta', '1.0', 100),
      '/var/log/alpha.log': 5,
    },
  },
  {
    run: 'dnf upgrade -y alpha',
    add: { [path]: rpmdb('upgraded'), ...files('alpha', '2.0', 110) },
    remove: ['/usr/lib/alpha/data-1.0'],
  },
  {
    run: 'dnf remove -y beta',
    add: { [path]: rpmdb('erased') },
    remove: ['/etc/beta.conf', '/usr/bin/beta', '/usr/bin/beta-link', '/usr/lib/beta'],
  },
)

async function opened(fixture: Fixture, route?: 'seek') {
  const evidence = await examine(fixture, route)
  const { filesystem } = evidence
  const owners = new Owners(filesystem)
  const ownerAt = (at: string, layer?: number) => {
    const id = filesystem.at(at, layer)
    if (id === undefined) throw new Error(`nothing at ${at}`)
    const owner = owners.owner(id)
    return owner && `${owner.key} ${owner.version}`
  }
  return { evidence, owners, ownerAt }
}

describe.each([undefined, 'seek'] as const)('rpm, by its database (%s)', route => {
  it('owns what it brought, in the version of its layer', async () => {
    const { ownerAt } = await opened(three, route)
    expect(ownerAt('/usr/bin/alpha')).toBe('rpm:alpha 2.0-1')
    expect(ownerAt('/usr/bin/alpha-link')).toBe('rpm:alpha 2.0-1')
    expect(ownerAt('/usr/lib/alpha/dätä', 0)).toBe('rpm:alpha 1.0-1')
    expect(ownerAt('/usr/lib/alpha/data-1.0', 0)).toBe('rpm:alpha 1.0-1')
    expect(ownerAt('/usr/bin/beta', 1)).toBe('rpm:beta 3:1.0-1')
    expect(ownerAt('/var/log/alpha.log')).toBeUndefined()
    expect(ownerAt(path)).toBeUndefined()
  })
})

it('says which layer installed, upgraded and removed a package of rpm, and what that hides', async () => {
  const { evidence } = await opened(three)
  expect(packageHistories(evidence)).toMatchObject([
    {
      key: 'rpm:alpha',
      version: '2.0-1',
      layer: 1,
      bytes: 12 + 110 + 5 + 1100 + 22,
      hidden: 12 + 100 + 5 + 1000 + 22,
      history: [
        { layer: 0, version: '1.0-1' },
        { layer: 1, version: '2.0-1' },
      ],
    },
    {
      key: 'rpm:beta',
      version: '3:1.0-1',
      bytes: 0,
      hidden: 12 + 100 + 4 + 1000 + 22,
      history: [
        { layer: 0, version: '3:1.0-1' },
        { layer: 2, version: null },
      ],
    },
  ])
})

it('knows which packages depend on which, by name, capability and path', async () => {
  const { evidence } = await opened({ ...three, layers: three.layers.slice(0, 1) })
  const graph = packageGraphs(evidence).get('rpm /')
  expect(graph?.dependents('alpha')).toEqual(['beta'])
  expect(graph?.dependents('beta')).toEqual([])
  expect(graph?.required(new Set(['alpha']))).toEqual(new Map([['alpha', 'beta']]))
})

it('keeps packages of one name apart by architecture, and merges them in the list', async () => {
  const table = 'CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)'
  const glibc = (architecture: string, file: string) =>
    headerOf({ 1000: 'glibc', 1001: '2', 1002: '1', 1022: architecture, 1117: [file], 1118: ['/'], 1116: [0] })
  const bytes = await database(table, glibc('x86_64', 'a'), glibc('i686', 'b'))
  const { owners, ownerAt } = await opened(
    image({ add: { [path]: bytes, '/a': 3, '/b': 4 } }, { add: { [path]: bytes } }),
  )
  expect([ownerAt('/a'), ownerAt('/b')]).toEqual(['rpm:glibc 2-1', 'rpm:glibc 2-1'])
  expect(owners.packages()).toMatchObject([{ name: 'glibc', bytes: 7, layer: 0 }])
})

it('names what it cannot read of rpm', async () => {
  const { evidence } = await opened(
    image({
      add: {
        [path]: rpmdb('installed').subarray(0, 9000),
        '/var/lib/rpm/Packages': 5,
        '/usr/lib/sysimage/rpm/Packages.db': 5,
        [`${path}-wal`]: 5,
      },
    }),
  )
  const notices = evidence.filesystem.layers.flatMap(layer => layer.index.notices)
  expect(notices.map(({ code }) => code)).toEqual(Array(4).fill('record-unreadable'))
  expect(new Set(notices.map(({ message }) => message.split(' ')[0]))).toEqual(
    new Set(['/var/lib/rpm/Packages', '/usr/lib/sysimage/rpm/Packages.db', `${path}-wal`, path]),
  )
})
