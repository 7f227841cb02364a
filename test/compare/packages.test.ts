import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packagesOf, unownedOf } from '../../src/compare/packages.ts'
import type { Report } from '../../src/report/schema.ts'
import { type Fixture, image } from '../fixture.ts'
import { debianRecords, wheel } from '../package.ts'
import { comparedFixtures } from './side.ts'

type Package = Report['packages'][number]

function pip(name: string, version: string | null, root: string, bytes: number): Package {
  const history = [{ layer: 0, version: '0.1' }, ...(version === '0.1' ? [] : [{ layer: 1, version }])]
  const live = version === null ? 0 : bytes
  return { manager: 'pip', name, version: version ?? '0.1', root, bytes: live, layer: 0, hidden: 0, history }
}

const packages: fc.Arbitrary<Package[]> = fc
  .array(
    fc.tuple(
      fc.constantFrom('torch', 'numpy'),
      fc.constantFrom('1.0', '2.0', null),
      fc.constantFrom('/usr/lib/python3.11', '/usr/lib/python3.12', '/opt/venv'),
      fc.constantFrom(0, 10, 20, 35),
    ),
    { maxLength: 7 },
  )
  .map(parts => parts.map(part => pip(...part)))

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

describe('packages of two images', () => {
  it('add up to the difference of all, and none of them is told twice', () => {
    fc.assert(
      fc.property(packages, packages, (before, after) => {
        const rows = packagesOf(before, after)
        const [was, is] = [sum(before.map(({ bytes }) => bytes)), sum(after.map(({ bytes }) => bytes))]
        expect(sum(rows.map(({ difference }) => difference))).toBe(is - was)
        const installed = (own: readonly Package[]) => own.filter(({ history }) => history.at(-1)?.version !== null)
        expect(rows.filter(row => row.before !== null).length).toBeLessThanOrEqual(installed(before).length)
        expect(rows.filter(row => row.after !== null).length).toBeLessThanOrEqual(installed(after).length)
        for (const name of ['torch', 'numpy']) {
          const own = rows.filter(row => row.name === name)
          const ends = new Set(
            own.filter(row => row.before === null || row.after === null).map(row => row.before === null),
          )
          expect(ends.size, 'one that is new and one that is gone are one').toBeLessThan(2)
        }
        for (const row of rows) expect(row.before !== row.after || row.difference !== 0).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('are the other way round from after to before', () => {
    fc.assert(
      fc.property(packages, packages, (before, after) => {
        const turned = packagesOf(after, before).map(({ difference }) => 0 - difference)
        expect(sum(turned)).toBe(sum(packagesOf(before, after).map(({ difference }) => difference)))
        expect(packagesOf(before, before)).toEqual([])
      }),
    )
  })

  it('are paired where they are installed, and where that moved with the version of Python', () => {
    const before = [
      pip('pip', '23.0', '/usr/lib/python3.11/dist-packages', 10),
      pip('pip', '24.0', '/opt/venv/lib/python3.11/site-packages', 30),
    ]
    const after = [
      pip('pip', '23.0', '/usr/lib/python3.12/dist-packages', 30),
      pip('pip', '25.0', '/opt/venv/lib/python3.12/site-packages', 20),
    ]
    expect(packagesOf(before, after)).toEqual([
      {
        manager: 'pip',
        name: 'pip',
        root: '/usr/lib/python3.12/dist-packages',
        before: '23.0',
        after: '23.0',
        bytes: { before: 10, after: 30 },
        difference: 20,
      },
      {
        manager: 'pip',
        name: 'pip',
        root: '/opt/venv/lib/python3.12/site-packages',
        before: '24.0',
        after: '25.0',
        bytes: { before: 30, after: 20 },
        difference: -10,
      },
    ])
  })

  it('are not told where only their place is another', () => {
    expect(packagesOf([pip('a', '1.0', '/opt/x', 5)], [pip('a', '1.0', '/srv/y', 5)])).toEqual([])
  })

  it('are not installed where a layer removed them', () => {
    const [row, ...more] = packagesOf([pip('a', '1.0', '/opt/x', 5)], [pip('a', null, '/opt/x', 5)])
    expect(more).toEqual([])
    expect(row).toMatchObject({ before: '1.0', after: null, bytes: { before: 5, after: 0 }, difference: -5 })
    expect(packagesOf([pip('a', null, '/opt/x', 5)], [])).toEqual([])
  })
})

it('tells of folders that no package owns where their bytes differ', () => {
  const row = (path: string, bytes: number) => ({ path, bytes, count: 1 })
  expect(
    unownedOf([row('/opt', 5), row('/srv', 9), row('/a', 1)], [row('/opt', 5), row('/srv', 2), row('/b', 7)]),
  ).toEqual([
    { path: '/b', before: 0, after: 7, difference: 7 },
    { path: '/srv', before: 9, after: 2, difference: -7 },
    { path: '/a', before: 1, after: 0, difference: -1 },
  ])
})

/** An image with torch of one version or another, as an upgrade of Python and torch leaves it. */
function withTorch(
  python: string,
  torch: string,
  files: Record<string, number>,
  more: readonly string[] = [],
): Fixture {
  const root = `/usr/local/lib/${python}/site-packages`
  return image(
    {
      run: 'ADD rootfs.tar /',
      add: {
        '/etc/os-release': 'ID=debian\n',
        ...debianRecords({ libc6: { version: '2.36', files: ['/lib/libc.so.6'] } }),
        '/lib/libc.so.6': 90_000,
      },
    },
    {
      run: `RUN pip install torch==${torch}`,
      add: {
        ...wheel(root, 'torch', torch, files),
        ...Object.assign({}, ...more.map(name => wheel(root, name, '1.0', { [`${name}/lib.so`]: 40_000 }))),
      },
    },
    { run: 'COPY . /opt/app', add: { '/opt/app/main.py': 700 } },
  )
}

it('tells an upgrade of torch from what it brought along, whatever Python', async () => {
  const before = withTorch('python3.11', '2.13.0', { 'torch/lib/libtorch_cuda.so': 300_000, 'torch/a.py': 10 })
  const files = { 'torch/lib/libtorch_cuda.so': 420_000, 'torch/a.py': 10, 'torch/new.so': 60_000 }
  const comparison = await comparedFixtures(before, withTorch('python3.12', '2.14.1', files, ['triton']))
  expect(comparison.packages.map(({ name, before, after }) => [name, before, after])).toEqual([
    ['torch', '2.13.0', '2.14.1'],
    ['triton', null, '1.0'],
  ])
  expect(comparison.packages[0]?.root).toBe('/usr/local/lib/python3.12/site-packages')
  expect(comparison.unowned).toEqual([])
  expect(comparison.causes[0]).toMatchObject({ cause: 'pip:torch', kind: 'kept' })
  expect(comparison.layers.map(({ change }) => change)).toEqual(['kept', 'gone', 'new', 'kept'])
})
