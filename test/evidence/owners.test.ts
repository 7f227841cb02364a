import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Owners } from '../../src/evidence/owners.ts'
import { Filesystem } from '../../src/image/filesystem.ts'
import { type Content, hardlink, type LayerData, type Node, openFixture, symlink } from '../fixture.ts'

const packages = '/usr/lib/python3/site-packages'

async function opened(...layers: readonly LayerData[]): Promise<{ filesystem: Filesystem; owners: Owners }> {
  const filesystem = new Filesystem((await openFixture({ config: {}, layers })).layers)
  return { filesystem, owners: new Owners(filesystem) }
}

/** `pip:six` of the copy at a path as of a layer. */
function ownerAt({ filesystem, owners }: { filesystem: Filesystem; owners: Owners }, path: string, layer?: number) {
  const id = filesystem.at(path, layer)
  if (id === undefined) throw new Error(`nothing at ${path}`)
  const owner = owners.owner(id)
  return owner && `${owner.key} ${owner.version}`
}

type Files = Record<string, Content | Node>

/** A wheel as pip installs it: files with their sizes, and its dist-info. */
function wheel(name: string, version: string, files: Readonly<Record<string, number>>, root = packages): Files {
  const info = `${name}-${version}.dist-info`
  const rows = [...Object.keys(files), `${info}/METADATA`, `${info}/INSTALLER`, `${info}/RECORD`].map(
    path => `${path},,\n`,
  )
  return {
    ...Object.fromEntries(
      Object.entries(files).map(([path, size]) => [new URL(path, `file://${root}/`).pathname, size]),
    ),
    [`${root}/${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${root}/${info}/INSTALLER`]: 'pip\n',
    [`${root}/${info}/RECORD`]: rows.join(''),
  }
}

function status(...installed: readonly (readonly [name: string, version: string])[]): Files {
  const stanzas = installed.map(
    ([name, version]) => `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\n`,
  )
  return { '/var/lib/dpkg/status': stanzas.join('\n') }
}

function list(name: string, ...paths: readonly string[]): Files {
  return { [`/var/lib/dpkg/info/${name}.list`]: ['/.', ...paths, ''].join('\n') }
}

describe('who owns a file', () => {
  it('dpkg, by its list and status', async () => {
    const image = await opened({
      add: {
        ...status(['libc6', '2.36']),
        ...list('libc6:amd64', '/usr', '/usr/lib', '/usr/lib/libc.so.6', '/usr/lib/ld.so'),
        '/usr/lib/libc.so.6': 100,
        '/usr/lib/ld.so': symlink('libc.so.6'),
        '/usr/lib/other': 5,
      },
    })
    expect(ownerAt(image, '/usr/lib/libc.so.6')).toBe('dpkg:libc6 2.36')
    expect(ownerAt(image, '/usr/lib/ld.so')).toBe('dpkg:libc6 2.36')
    expect(ownerAt(image, '/usr/lib/other')).toBeUndefined()
    expect(image.owners.packages()).toEqual([
      { key: 'dpkg:libc6', manager: 'dpkg', name: 'libc6', version: '2.36', root: '/', bytes: 109, layer: 0 },
    ])
  })

  it('each wheel its own files of a folder that many share', async () => {
    const image = await opened({
      add: {
        ...wheel('nvidia_cublas_cu12', '12.4.5.8', { 'nvidia/__init__.py': 0, 'nvidia/cublas/lib/libcublas.so.12': 9 }),
        ...wheel('nvidia_cudnn_cu12', '9.1.0.70', { 'nvidia/cudnn/lib/libcudnn.so.9': 8 }),
        [`${packages}/nvidia/cudnn/lib/libcudnn_extra.so.9`]: 7,
      },
    })
    expect(ownerAt(image, `${packages}/nvidia/cublas/lib/libcublas.so.12`)).toBe('pip:nvidia-cublas-cu12 12.4.5.8')
    expect(ownerAt(image, `${packages}/nvidia/cudnn/lib/libcudnn.so.9`)).toBe('pip:nvidia-cudnn-cu12 9.1.0.70')
    expect(ownerAt(image, `${packages}/nvidia/cudnn/lib/libcudnn_extra.so.9`)).toBeUndefined()
  })

  it('nobody the links of alternatives, as dpkg -S has it', async () => {
    const image = await opened({
      add: {
        ...status(['vim-tiny', '2:9.0']),
        ...list('vim-tiny', '/usr/bin/vim.tiny'),
        '/usr/bin/vim.tiny': 9,
        '/usr/bin/vi': symlink('/etc/alternatives/vi'),
        '/etc/alternatives/vi': symlink('/usr/bin/vim.tiny'),
        '/var/lib/dpkg/alternatives/vi': 'auto\n/usr/bin/vi\n\n/usr/bin/vim.tiny\n10\n\n',
      },
    })
    expect(ownerAt(image, '/usr/bin/vim.tiny')).toBe('dpkg:vim-tiny 2:9.0')
    expect(ownerAt(image, '/usr/bin/vi')).toBeUndefined()
    expect(ownerAt(image, '/etc/alternatives/vi')).toBeUndefined()
  })

  it('through the links that usr-merge made', async () => {
    const image = await opened({
      add: {
        '/lib': symlink('usr/lib'),
        '/srv/lib64': symlink('/lib/../lib'),
        '/usr/lib/x/libz.so.1': 100,
        '/usr/lib/x/liby.so.1': 10,
        ...status(['zlib1g', '1.2'], ['y', '1']),
        ...list('zlib1g', '/lib', '/lib/x', '/lib/x/libz.so.1'),
        ...list('y', '/srv/lib64/x/liby.so.1'),
      },
    })
    expect(ownerAt(image, '/usr/lib/x/libz.so.1')).toBe('dpkg:zlib1g 1.2')
    expect(ownerAt(image, '/usr/lib/x/liby.so.1')).toBe('dpkg:y 1')
  })

  it('in the old place and the new one, when a folder becomes a link later', async () => {
    const image = await opened(
      { add: { ...status(['z', '1']), ...list('z', '/lib/z.so'), '/lib/z.so': 100 } },
      { add: { '/lib': symlink('usr/lib'), '/usr/lib/z.so': 100 } },
    )
    expect(ownerAt(image, '/usr/lib/z.so')).toBe('dpkg:z 1')
    expect(ownerAt(image, '/lib/z.so', 0)).toBe('dpkg:z 1')
  })

  it('not at all through links that go in a circle', async () => {
    const image = await opened({
      add: {
        '/a': symlink('b'),
        '/b': symlink('/a'),
        '/up': symlink('../../..'),
        '/f': 7,
        ...list('x', '/a/f', '/up/f'),
      },
    })
    expect(ownerAt(image, '/f')).toBe('dpkg:x ')
  })

  it('pip, with scripts outside of site-packages', async () => {
    const image = await opened({ add: wheel('Torch_X', '2.4', { 'torch/lib.so': 900, '../../../bin/torchrun': 50 }) })
    expect(ownerAt(image, `${packages}/torch/lib.so`)).toBe('pip:torch-x 2.4')
    expect(ownerAt(image, '/usr/bin/torchrun')).toBe('pip:torch-x 2.4')
    expect(image.owners.packages()).toMatchObject([{ name: 'torch-x', root: packages, layer: 0 }])
  })

  it('pip, named by the folder where METADATA is gone', async () => {
    const files = wheel('nvidia_cublas', '12.4.5', { 'nvidia/x.so': 9 })
    delete files[`${packages}/nvidia_cublas-12.4.5.dist-info/METADATA`]
    const egg = `${packages}/old.thing-1.0-py3.11.egg-info`
    const image = await opened({
      add: { ...files, [`${egg}/installed-files.txt`]: '../old.py\n', [`${packages}/old.py`]: 3 },
    })
    expect(ownerAt(image, `${packages}/nvidia/x.so`)).toBe('pip:nvidia-cublas 12.4.5')
    expect(ownerAt(image, `${packages}/old.py`)).toBe('pip:old-thing 1.0')
    const told = await opened({
      add: {
        [`${egg}/installed-files.txt`]: '../old.py\n',
        [`${egg}/PKG-INFO`]: 'Name: Other\nVersion: 2\n',
        [`${packages}/old.py`]: 3,
      },
    })
    expect(ownerAt(told, `${packages}/old.py`)).toBe('pip:other 2')
  })

  it('the distribution before conda before pip', async () => {
    const prefix = '/opt/conda'
    const root = `${prefix}/lib/python3.11/site-packages`
    const byConda = wheel('numpy', '1.26', { 'numpy/a.so': 500, 'numpy/extra.so': 30 }, root)
    const record = `${root}/numpy-1.26.dist-info/RECORD`
    const files = ['lib/python3.11/site-packages/numpy/a.so', record.slice(prefix.length + 1)]
    const image = await opened({
      add: {
        ...byConda,
        ...wheel('both', '1', { '../../share/x': 1 }, root),
        '/opt/conda/share/x': 20,
        [`${prefix}/conda-meta/numpy-1.26-py311_0.json`]: JSON.stringify({ name: 'numpy', version: '1.26', files }),
        [`${prefix}/conda-meta/x-1-0.json`]: JSON.stringify({ name: 'x', version: '1', files: ['share/x', 'share/y'] }),
        ...status(['y', '2']),
        ...list('y', '/opt/conda/share/y'),
        '/opt/conda/share/y': 4,
      },
    })
    expect(ownerAt(image, `${root}/numpy/a.so`)).toBe('conda:numpy 1.26')
    expect(ownerAt(image, `${root}/numpy/extra.so`)).toBeUndefined()
    expect(ownerAt(image, '/opt/conda/share/x')).toBe('conda:x 1')
    expect(ownerAt(image, '/opt/conda/share/y')).toBe('dpkg:y 2')
    expect(image.owners.packages().map(row => `${row.key} ${row.root}`)).toEqual([
      'conda:numpy /opt/conda',
      'conda:x /opt/conda',
      'dpkg:y /',
      `pip:both ${root}`,
    ])
  })

  it('gives way where INSTALLER is conda, linked from a cache of packages or not', async () => {
    const files = wheel('six', '1.16', { 'six.py': 500 })
    const info = `${packages}/six-1.16.dist-info`
    const image = await opened({
      add: {
        ...files,
        '/pkgs/x.dist-info/INSTALLER': 'conda\n',
        [`${info}/INSTALLER`]: hardlink('/pkgs/x.dist-info/INSTALLER'),
      },
    })
    expect(image.owners.packages()).toEqual([])
  })

  it('apk', async () => {
    const database = (version: string) => `P:musl\nV:${version}\nF:lib\nR:ld-musl.so.1\n\nP:gone\nV:1\nF:lib\nR:other\n`
    const image = await opened(
      { add: { '/lib/apk/db/installed': database('1.2'), '/lib/ld-musl.so.1': 600, '/lib/other': 6 } },
      { add: { '/lib/apk/db/installed': `${database('1.2')}\nP:curl\nV:8\nF:usr/bin\nR:curl\n`, '/usr/bin/curl': 70 } },
      { add: { '/lib/apk/db/installed': database('1.3'), '/lib/ld-musl.so.1': 601 }, remove: ['/usr/bin/curl'] },
    )
    expect(ownerAt(image, '/lib/ld-musl.so.1')).toBe('apk:musl 1.3')
    expect(ownerAt(image, '/lib/ld-musl.so.1', 0)).toBe('apk:musl 1.2')
    expect(ownerAt(image, '/usr/bin/curl', 1)).toBe('apk:curl 8')
    expect(image.owners.packages().map(({ name, layer, bytes }) => [name, layer, bytes])).toEqual([
      ['gone', 0, 6],
      ['musl', 2, 601],
    ])
    expect(image.owners.installations().map(({ key, layer, upToLayer }) => [key, layer, upToLayer])).toEqual([
      ['apk:musl', 0, 1],
      ['apk:gone', 0, undefined],
      ['apk:curl', 1, 1],
      ['apk:musl', 2, undefined],
    ])
  })

  it('distroless, by sums', async () => {
    const image = await opened({
      add: {
        '/var/lib/dpkg/status.d/tzdata': 'Package: tzdata\nVersion: 2024a\n',
        '/var/lib/dpkg/status.d/tzdata.md5sums': `${'0'.repeat(32)}  usr/share/zoneinfo/UTC\n`,
        '/usr/share/zoneinfo/UTC': 114,
      },
    })
    expect(ownerAt(image, '/usr/share/zoneinfo/UTC')).toBe('dpkg:tzdata 2024a')
  })

  it('bytecode belongs to its source, whoever compiled it and when', async () => {
    const cache = `${packages}/x/__pycache__`
    const image = await opened(
      {
        add: {
          ...status(['x', '1']),
          ...list('x', `${packages}/x/a.b.py`, `${packages}/x/m.py`),
          [`${packages}/x/a.b.py`]: 10,
          [`${packages}/x/m.py`]: 1,
        },
      },
      {
        add: {
          [`${cache}/a.b.cpython-311.pyc`]: 20,
          [`${cache}/m.cpython-311.opt-1.pyc`]: 30,
          [`${cache}/gone.cpython-311.pyc`]: 40,
          [`${cache}/m.pyc`]: 50,
          [`${cache}/deep/m.cpython-311.pyc`]: 60,
        },
      },
    )
    expect(ownerAt(image, `${cache}/a.b.cpython-311.pyc`)).toBe('dpkg:x 1')
    expect(ownerAt(image, `${cache}/m.cpython-311.opt-1.pyc`)).toBe('dpkg:x 1')
    for (const name of ['gone.cpython-311.pyc', 'm.pyc', 'deep/m.cpython-311.pyc']) {
      expect(ownerAt(image, `${cache}/${name}`), name).toBeUndefined()
    }
    expect(image.owners.packages()[0]?.bytes).toBe(61)
  })

  it('a package inside a package is a part of it', async () => {
    const vendor = `${packages}/setuptools/_vendor`
    const inner = wheel('wheel', '0.43', { 'wheel/x.py': 7 }, vendor)
    const files = Object.fromEntries(Object.keys(inner).map(path => [path.slice(packages.length + 1), 1]))
    const image = await opened({ add: { ...wheel('setuptools', '70', files), ...inner } })
    expect(ownerAt(image, `${vendor}/wheel/x.py`)).toBe('pip:setuptools 70')
    expect(image.owners.packages().map(row => row.key)).toEqual(['pip:setuptools'])
  })

  it('what uv keeps unpacked in its cache is not installed, and a link into it is', async () => {
    const archive = '/root/.cache/uv/archive-v0/abc'
    const image = await opened({
      add: {
        ...wheel('six', '1.17', { 'six.py': 500 }, archive),
        [`${packages}/six.py`]: hardlink(`${archive}/six.py`),
        [`${packages}/six-1.17.dist-info/METADATA`]: hardlink(`${archive}/six-1.17.dist-info/METADATA`),
        [`${packages}/six-1.17.dist-info/RECORD`]: 'six.py,,\nsix-1.17.dist-info/RECORD,,\n',
      },
    })
    expect(ownerAt(image, `${archive}/six.py`)).toBeUndefined()
    expect(ownerAt(image, `${packages}/six.py`)).toBe('pip:six 1.17')
    expect(image.owners.packages()).toMatchObject([{ name: 'six', version: '1.17', bytes: 500 + 37 }])
  })
})

describe('as of a layer', () => {
  it('a hidden file belongs to who had it then', async () => {
    const image = await opened(
      { add: wheel('torch', '2.1', { 'torch/lib.so': 900, 'torch/old.so': 90 }) },
      {
        add: wheel('torch', '2.2', { 'torch/lib.so': 950 }),
        remove: [`${packages}/torch/old.so`, `${packages}/torch-2.1.dist-info`],
      },
    )
    expect(ownerAt(image, `${packages}/torch/lib.so`, 0)).toBe('pip:torch 2.1')
    expect(ownerAt(image, `${packages}/torch/lib.so`)).toBe('pip:torch 2.2')
    expect(ownerAt(image, `${packages}/torch/old.so`, 0)).toBe('pip:torch 2.1')
    expect(image.owners.packages().map(({ version, layer }) => [version, layer])).toEqual([['2.2', 1]])
    const [first, second] = image.owners.installations()
    expect(first).toMatchObject({ key: 'pip:torch', version: '2.1', layer: 0, upToLayer: 0 })
    expect(second).toMatchObject({ key: 'pip:torch', version: '2.2', layer: 1, upToLayer: undefined })
    const names = (ids: readonly number[] = []) => ids.map(id => image.filesystem.path(id).slice(packages.length + 1))
    expect(names(first?.paths()).sort()).toEqual([
      'torch-2.1.dist-info/INSTALLER',
      'torch-2.1.dist-info/METADATA',
      'torch-2.1.dist-info/RECORD',
      'torch/lib.so',
      'torch/old.so',
    ])
    expect(first?.paths().every(id => image.filesystem.layerOf(id) === 0)).toBe(true)
    expect(image.owners.recordsOf('pip', 'torch')).toEqual([first?.recordId, second?.recordId])
  })

  it('keeps the owner when the database is removed later', async () => {
    const image = await opened(
      { add: { ...status(['x', '1'], ['meta', '1']), ...list('x', '/usr/x'), ...list('meta'), '/usr/x': 100 } },
      { remove: ['/var/lib/dpkg'] },
      { add: { '/usr/x': 101 } },
    )
    expect(ownerAt(image, '/usr/x', 0)).toBe('dpkg:x 1')
    expect(ownerAt(image, '/usr/x')).toBeUndefined()
    expect(image.owners.packages()).toEqual([])
    const kept = await opened(
      { add: { ...status(['x', '1'], ['meta', '1']), ...list('x', '/usr/x'), ...list('meta'), '/usr/x': 100 } },
      { remove: ['/var/lib/dpkg'] },
    )
    expect(kept.owners.packages()).toMatchObject([{ key: 'dpkg:x', bytes: 100 }])
  })

  it('a record that its own layer replaced says nothing', async () => {
    const image = await opened({
      add: [
        ['/x', 5],
        ['/var/lib/dpkg/info/a.list', '/x\n'],
        ['/var/lib/dpkg/info/a.list', '/y\n'],
      ],
    })
    expect(ownerAt(image, '/x')).toBeUndefined()
    expect(image.owners.installations()).toHaveLength(1)
  })

  it('a record says nothing of what came with its end', async () => {
    const image = await opened(
      { add: { ...list('x', '/usr/x'), '/usr/x': 5 } },
      { add: { '/usr/x': 6 }, remove: ['/var/lib/dpkg'] },
      { add: { '/usr/x': 7 } },
    )
    expect(ownerAt(image, '/usr/x', 0)).toBe('dpkg:x ')
    expect(ownerAt(image, '/usr/x', 1)).toBeUndefined()
  })

  it('the newest of several lists has the file', async () => {
    const image = await opened(
      { add: { ...status(['new', '1'], ['old', '1']), ...list('old', '/x'), '/x': 5 } },
      { add: { ...list('new', '/x'), '/x': 6 } },
    )
    expect(ownerAt(image, '/x', 0)).toBe('dpkg:old 1')
    expect(ownerAt(image, '/x')).toBe('dpkg:new 1')
  })

  it('a removed package has no row unless it left something', async () => {
    const image = await opened({
      add: { ...status(), ...list('a', '/etc/a.conf'), ...list('b', '/etc/b.conf'), '/etc/b.conf': 5 },
    })
    expect(image.owners.packages()).toMatchObject([{ key: 'dpkg:b', version: '', bytes: 5 }])
  })

  it('names the layer that brought a version, through rewrites of the databases', async () => {
    const torch = wheel('torch', '2', { 'torch/lib.so': 900 })
    const image = await opened(
      {
        add: { ...status(['a', '1'], ['b', '1']), ...list('a', '/a'), ...list('b', '/b'), '/a': 1, '/b': 1, ...torch },
      },
      {
        add: {
          ...status(['a', '1'], ['b', '2'], ['c', '1']),
          ...list('b', '/b'),
          ...list('c', '/c'),
          '/b': 2,
          '/c': 2,
          ...torch,
        },
      },
      { add: { ...status(['a', '1'], ['b', '2'], ['c', '1']), ...list('a', '/a'), '/a': 1 } },
    )
    const rows = image.owners.packages().map(({ key, version, layer }) => `${key} ${version} ${layer}`)
    expect(rows.sort()).toEqual(['dpkg:a 1 0', 'dpkg:b 2 1', 'dpkg:c 1 1', 'pip:torch 2 0'])
  })

  it('an install after a removal is a new one', async () => {
    const six = wheel('six', '1', { 'six.py': 9 })
    const image = await opened({ add: six }, { remove: [packages] }, { add: six })
    expect(image.owners.packages()).toMatchObject([{ key: 'pip:six', layer: 2 }])
    expect(image.owners.installations().map(({ layer, upToLayer }) => [layer, upToLayer])).toEqual([
      [0, 0],
      [2, undefined],
    ])
  })
})

describe('sums', () => {
  it('counts a content with several names once, for the first owned one', async () => {
    const image = await opened({
      add: {
        '/opt/conda/pkgs/x/lib/x.so': 500,
        '/opt/conda/lib/x.so': hardlink('/opt/conda/pkgs/x/lib/x.so'),
        '/opt/conda/envs/e/lib/x.so': hardlink('/opt/conda/pkgs/x/lib/x.so'),
        '/opt/conda/conda-meta/x-1-0.json': JSON.stringify({ name: 'x', version: '1', files: ['lib/x.so'] }),
        '/opt/conda/envs/e/conda-meta/x-1-0.json': JSON.stringify({ name: 'x', version: '1', files: ['lib/x.so'] }),
      },
    })
    expect(image.owners.packages().map(({ root, bytes }) => [root, bytes])).toEqual([
      ['/opt/conda', 500],
      ['/opt/conda/envs/e', 0],
    ])
  })

  it('never count more than there is, whatever the records say', async () => {
    const path = fc.constantFrom('/a', '/b', '/c/x', '/c/y', '/l/x', '/l', '/c', '/var/lib/dpkg/status')
    const row = fc.array(path, { maxLength: 5 }).map(paths => paths.join('\n'))
    const layer = fc.record({
      a: row,
      b: row,
      pip: row,
      link: fc.constantFrom('c', '/l', '.'),
      x: fc.nat(9),
      remove: fc.subarray(['/c', '/a', '/var']),
    })
    const stack = fc.array(layer, { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(stack, async layers => {
        const { filesystem, owners } = await opened(
          ...layers.map(({ a, b, pip, link, x, remove }) => ({
            add: {
              ...status(['a', `${x}`]),
              ...list('a', a),
              ...list('b', b),
              '/l': symlink(link),
              '/c/p-1.dist-info/RECORD': pip,
              ...(x > 3 ? { '/a': x, '/c/x': x + 1, '/b': x } : { '/c/y': x }),
            },
            remove: remove.filter(() => x < 3),
          })),
        )
        let live = 0
        const owned = new Map<string, number>()
        for (let id = 0; id < filesystem.count; id++) {
          if (filesystem.content(id) === 0 || !filesystem.live(id)) continue
          const owner = owners.owner(id)
          if (owner !== undefined) owned.set(owner.key, (owned.get(owner.key) ?? 0) + filesystem.content(id))
          live += filesystem.content(id)
        }
        const rows = new Map<string, number>()
        for (const { key, bytes } of owners.packages()) rows.set(key, (rows.get(key) ?? 0) + bytes)
        for (const [key, bytes] of owned) expect(rows.get(key)).toBe(bytes)
        expect([...rows.values()].reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(live)
        for (const installation of owners.installations()) {
          for (const id of installation.paths()) expect(filesystem.layerOf(id)).toBeLessThanOrEqual(installation.layer)
        }
      }),
      { numRuns: 150 },
    )
  })
})
