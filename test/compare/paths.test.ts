import { describe, expect, it } from 'vitest'
import { liveTree } from '../../src/compare/live-tree.ts'
import { pathsOf } from '../../src/compare/paths.ts'
import type { Comparison } from '../../src/compare/schema.ts'
import { Filesystem } from '../../src/image/filesystem.ts'
import { type Content, type LayerData, openFixture } from '../fixture.ts'
import { type Files, plainTree, storedTree } from './plain-tree.ts'

type Row = Comparison['paths'][number]

/** `+20 new file /a`, `-3 shrunk folder /b (was /c) 5 ?`: with what it was and is where those are told. */
function text({ path, was, kind, change, before, after, difference, exact }: Row): string {
  const sign = difference > 0 ? '+' : ''
  const sizes = `${before ?? '?'} → ${after ?? '?'}`
  return `${exact ? '' : '~'}${sign}${difference} ${change} ${kind} ${path}${was === null ? '' : ` was ${was}`}: ${sizes}`
}

function rows(before: Files, after: Files): string[] {
  return pathsOf(plainTree(before), plainTree(after)).map(text)
}

async function layersTree(layers: readonly LayerData[]) {
  await using image = await openFixture({ config: {}, layers })
  return liveTree(new Filesystem(image.layers))
}

describe('what made a tag bigger', () => {
  it('is the folder of a package, its next version, and what came with it: out of layers', async () => {
    const site = '/usr/lib/python3/dist-packages'
    const torch = (version: string, files: Record<string, Content>) =>
      Object.fromEntries(
        Object.entries({ ...files, [`-${version}.dist-info/RECORD`]: 4000 }).map(([name, content]) => [
          `${site}/torch${name}`,
          content,
        ]),
      )
    const base = { run: 'ADD rootfs.tar /', add: { '/usr/bin/python3': 60_000, '/etc/passwd': 900 } }
    const before = await layersTree([
      base,
      { run: 'RUN pip install torch==2.13.0', add: torch('2.13.0', { '/lib/libtorch.so.2.13': 300_000, '/a.py': 50 }) },
    ])
    const after = await layersTree([
      base,
      { run: 'RUN pip install torch==2.14.1', add: torch('2.14.1', { '/lib/libtorch.so.2.14': 450_000, '/a.py': 60 }) },
      { run: 'RUN fetch', add: { '/root/.cache/pip/http/a': 40_000, '/root/.cache/pip/http/b': 30_000 } },
      { run: 'RUN rm /etc/passwd', remove: ['/etc/passwd'] },
    ])
    expect(pathsOf(before, after).map(text)).toEqual([
      `+150000 grown file ${site}/torch/lib/libtorch.so.2.14 was ${site}/torch/lib/libtorch.so.2.13: 300000 → 450000`,
      '+70000 new folder /root/.cache/pip/http: 0 → 70000',
      '-890 shrunk rest /: 64950 → 64060',
    ])
  })

  it('is nothing where both are the same', () => {
    const files: Files = [
      ['/a/b', 5],
      ['/c', 70],
    ]
    expect(rows(files, files)).toEqual([])
    expect(rows([], [])).toEqual([])
    expect(pathsOf(storedTree(files), plainTree(files))).toEqual([])
    expect(pathsOf(plainTree(files), storedTree(files, 90_000))).toEqual([])
  })

  it('is a folder where many files in it grew a little, and what is left of one where a few grew much', () => {
    const many = (bytes: number): [string, number][] =>
      Array.from({ length: 3000 }, (_, at) => [`/many/f${at}x`, bytes])
    const before: Files = [...many(100), ['/few/large', 90_000], ['/few/other', 10], ['/same', 7]]
    const after: Files = [...many(110), ['/few/large', 140_000], ['/few/other', 2010], ['/same', 7]]
    expect(rows(before, after)).toEqual([
      '+50000 grown file /few/large: 90000 → 140000',
      '+30000 grown folder /many: 300000 → 330000',
      '+2000 grown file /few/other: 10 → 2010',
    ])
    const small: Files = Array.from({ length: 40 }, (_, at) => [`/few/small${at}y`, 100])
    expect(rows(before, [...after, ...small])).toContain('+4000 grown rest /few: 0 → 4000')
  })

  it('is the folder in which many children grew, none of them much', () => {
    const wide = (bytes: number): Files =>
      Array.from({ length: 60 }, (_, at) => [`/opt/wide/${'x'.repeat(at + 1)}/f`, bytes])
    expect(rows(wide(1000), wide(2000))).toEqual(['+60000 grown folder /opt/wide: 60000 → 120000'])
  })

  it('is the one of many children that grew much, and the folder less that one', () => {
    const wide = (bytes: number): Files =>
      Array.from({ length: 60 }, (_, at) => [`/opt/wide/${'x'.repeat(at + 1)}/f`, at === 7 ? 100 * bytes : bytes])
    expect(rows(wide(1000), wide(2000))).toEqual([
      '+100000 grown file /opt/wide/xxxxxxxx/f: 100000 → 200000',
      '+59000 grown rest /opt/wide: 59000 → 118000',
    ])
  })

  it('is a new folder at the deepest path that holds all of it', () => {
    expect(
      rows(
        [],
        [
          ['/opt/app/lib/a', 5],
          ['/opt/app/lib/b', 6],
        ],
      ),
    ).toEqual(['+11 new folder /opt/app/lib: 0 → 11'])
    expect(
      rows(
        [],
        [
          ['/opt/app/lib/a', 5],
          ['/opt/app/empty', 0],
        ],
      ),
    ).toEqual(['+5 new folder /opt/app: 0 → 5'])
  })

  it('is a folder, emptied or filled', () => {
    const archives = ['a', 'b', 'c'].map((name): [string, number] => [`/var/cache/apt/archives/${name}.deb`, 900])
    const before: Files = [...archives, ['/var/cache/apt/archives/lock', 0], ['/var/lib/x', 50]]
    const after: Files = [
      ['/var/cache/apt/archives/lock', 0],
      ['/var/lib/x', 50],
    ]
    expect(rows(before, after)).toEqual(['-2700 shrunk folder /var/cache/apt/archives: 2700 → 0'])
    expect(rows(after, before)).toEqual(['+2700 grown folder /var/cache/apt/archives: 0 → 2700'])
  })

  it('is each of the folders that came into an empty one', () => {
    const packages: Files = ['torch', 'numpy'].map(name => [`/site/${name}/x.py`, 900] as const)
    expect(rows([['/site/empty', 0]], packages)).toEqual([
      '+900 new folder /site/numpy: 0 → 900',
      '+900 new folder /site/torch: 0 → 900',
    ])
  })

  it('is named by its paths before and after where a version is in them', () => {
    const lib = (python: string, bytes: number, extra: Files): Files => [
      [`/usr/lib/python${python}/os.py`, bytes],
      [`/usr/lib/python${python}/same.py`, 800],
      ...[...extra].map(([name, size]) => [`/usr/lib/python${python}/${name}`, size] as const),
    ]
    expect(
      rows(lib('3.10', 500, [['distutils/core.py', 400]]), lib('3.11', 900, [['tomllib/parser.py', 300]])),
    ).toEqual([
      '-400 gone folder /usr/lib/python3.10/distutils: 400 → 0',
      '+400 grown file /usr/lib/python3.11/os.py was /usr/lib/python3.10/os.py: 500 → 900',
      '+300 new folder /usr/lib/python3.11/tomllib: 0 → 300',
    ])
  })

  it('is told twice where it moved: gone there, new here; and what came besides is still told', () => {
    const moved = (folder: string): Files => ['x', 'y'].map(name => [`/${folder}/${name}`, 500_000] as const)
    expect(rows(moved('here'), [...moved('there'), ['/etc/conf', 9000]])).toEqual([
      '-1000000 gone folder /here: 1000000 → 0',
      '+1000000 new folder /there: 0 → 1000000',
      '+9000 new folder /etc: 0 → 9000',
    ])
  })

  it('is a file that took the place of a folder', () => {
    expect(rows([['/opt/app/main', 700]], [['/opt/app', 700]])).toEqual([
      '-700 gone folder /opt/app: 700 → 0',
      '+700 new file /opt/app: 0 → 700',
    ])
  })
})

describe('against a stored report', () => {
  const before: Files = [
    ['/usr/big', 1_000_000],
    ['/usr/lib/some', 900],
    ['/opt/x', 600],
  ]
  const after: Files = [
    ['/usr/big', 1_000_000],
    ['/usr/lib/some', 90_000],
    ['/usr/lib/other', 400],
    ['/opt/x', 600],
  ]

  it('a path that it does not list counts as 0, with a mark, and the rest is as large as what it may have there', () => {
    expect(pathsOf(storedTree(before), plainTree(after)).map(text)).toEqual([
      '~+90400 grown folder /usr/lib: ? → 90400',
      '~-900 shrunk rest /: ? → 1000600',
    ])
  })

  it('a path is new where all that the folder has is listed elsewhere', () => {
    const listed: Files = [...before].filter(([path]) => !path.startsWith('/usr/lib') && path !== '/opt/x')
    expect(pathsOf(storedTree(listed), plainTree([...listed, ['/opt/new', 800]])).map(text)).toEqual([
      '+800 new folder /opt: 0 → 800',
    ])
  })

  it('a file at the threshold that one of the two lists is no row', () => {
    const image = (bytes: number): Files => [
      ['/large', 1_000_000],
      ['/near', bytes],
      ['/grown', bytes === 900 ? 5000 : 9000],
    ]
    expect(pathsOf(storedTree(image(900)), storedTree(image(1100))).map(text)).toEqual([
      '+4000 grown file /grown: 5000 → 9000',
      '+200 grown rest /: 1000900 → 1001100',
    ])
  })
})
