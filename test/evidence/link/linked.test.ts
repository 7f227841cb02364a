import { describe, expect, it } from 'vitest'
import { neededWithout } from '../../../src/evidence/link/linked.ts'
import { hardlink, symlink } from '../../fixture.ts'
import { base, linkedImage } from './linked-image.ts'

const site = '/usr/local/lib/python3.11/site-packages'
const python = {
  '/usr/local/bin/python3.11': {
    program: true,
    needs: ['libpython3.11.so.1.0', 'libc.so.6'],
    runpath: '/usr/local/lib',
  },
  '/usr/local/bin/python3': symlink('python3.11'),
  '/usr/local/lib/libpython3.11.so.1.0': { soname: 'libpython3.11.so.1.0', needs: ['libc.so.6'] },
} as const

describe('who loads a file', () => {
  it('is who needs it and gets it, from programs on', async () => {
    const image = await linkedImage([
      {
        ...base,
        '/usr/bin/app': { program: true, needs: ['liba.so'], rpath: '$ORIGIN/../lib/app' },
        '/usr/lib/app/liba.so': { soname: 'liba.so', needs: ['libb.so'] },
        '/usr/lib/app/libb.so': { soname: 'libb.so' },
      },
    ])
    expect(image.loaders('/usr/lib/app/libb.so')).toEqual(['/usr/lib/app/liba.so'])
    expect(image.needs('/usr/lib/app/liba.so')).toEqual(['libb.so → /usr/lib/app/libb.so by rpath'])
    const [edge] = image.links.loadersOf(image.inode('/usr/lib/app/libb.so'))
    expect(edge?.because).toBe('RPATH $ORIGIN/../lib/app of /usr/bin/app')
    expect(image.links.rootKind(image.inode('/usr/bin/app'))).toBe('program')
    expect(image.links.rootKind(image.inode('/usr/lib/app/liba.so'))).toBeUndefined()
  })

  it('is nobody for a copy that no search gets to, and says which one they get', async () => {
    const image = await linkedImage(
      [
        {
          ...base,
          ...python,
          [`${site}/torch/_C.cpython-311-x86_64-linux-gnu.so`]: { needs: ['libtorch.so'], rpath: '$ORIGIN/lib' },
          [`${site}/torch/lib/libtorch.so`]: {
            soname: 'libtorch.so',
            needs: ['libcublas.so.12', 'libcuda.so.1'],
            rpath: '$ORIGIN/../../nvidia/cublas/lib:$ORIGIN',
          },
          [`${site}/nvidia/cublas/lib/libcublas.so.12`]: { soname: 'libcublas.so.12' },
          '/usr/local/cuda/lib64/libcublas.so.12': { soname: 'libcublas.so.12' },
          '/usr/local/cuda/lib64/libcusolver.so.11': { soname: 'libcusolver.so.11', needs: ['libcublas.so.12'] },
        },
      ],
      { env: { LD_LIBRARY_PATH: '/usr/local/cuda/lib64' } },
    )
    expect(image.loaders(`${site}/nvidia/cublas/lib/libcublas.so.12`)).toEqual([`${site}/torch/lib/libtorch.so`])
    expect(image.loaders('/usr/local/cuda/lib64/libcublas.so.12')).toEqual([])
    // What nobody loads would load it.
    const alone = image.links.loadersAlone(image.inode('/usr/local/cuda/lib64/libcublas.so.12'))
    expect(alone.map(({ from }) => image.path(from))).toEqual(['/usr/local/cuda/lib64/libcusolver.so.11'])
    expect(image.needs('/usr/local/cuda/lib64/libcusolver.so.11')).toEqual([
      'libcublas.so.12 → /usr/local/cuda/lib64/libcublas.so.12 by LD_LIBRARY_PATH, alone',
    ])
    expect(image.links.withSoname('libcublas.so.12').map(inode => image.path(inode))).toEqual([
      `${site}/nvidia/cublas/lib/libcublas.so.12`,
      '/usr/local/cuda/lib64/libcublas.so.12',
    ])
  })

  it('minds layers: what is replaced or removed loads nothing', async () => {
    const image = await linkedImage(
      [
        {
          ...base,
          '/usr/bin/old': { program: true, needs: ['libx.so'] },
          '/usr/bin/app': { program: true, needs: ['libx.so'] },
          '/lib/libx.so': { soname: 'libx.so' },
        },
        { '/usr/bin/app': { program: true, needs: ['liby.so'] }, '/lib/liby.so': { soname: 'liby.so' } },
      ],
      {},
      {},
      [[], ['/usr/bin/old']],
    )
    expect(image.loaders('/lib/libx.so')).toEqual([])
    expect(image.loaders('/lib/liby.so')).toEqual(['/usr/bin/app'])
  })

  it('takes hard links as one file, and each folder of them as an $ORIGIN', async () => {
    const image = await linkedImage([
      {
        ...base,
        '/opt/a/app': { program: true, needs: ['libx.so'], rpath: '$ORIGIN/lib' },
        '/opt/a/lib/libx.so': { soname: 'libx.so' },
        '/opt/b/app': hardlink('/opt/a/app'),
        '/opt/b/lib/libx.so': { soname: 'libx.so' },
      },
    ])
    expect(image.needs('/opt/b/app').filter(line => line.startsWith('libx'))).toEqual([
      'libx.so → /opt/a/lib/libx.so by rpath',
      'libx.so → /opt/b/lib/libx.so by rpath',
    ])
  })
})

describe('a module of Python', () => {
  it('is loaded into the Python that can import it, for what that has loaded and where that looks', async () => {
    const image = await linkedImage([
      {
        ...base,
        ...python,
        '/usr/local/lib/libx.so': { soname: 'libx.so' },
        [`${site}/_a.cpython-311-x86_64-linux-gnu.so`]: { needs: ['libpython3.11.so.1.0', 'libx.so'] },
        [`${site}/pkg/_b.abi3.so`]: { needs: ['libc.so.6'] },
        [`${site}/pkg/plain.so`]: {},
        [`${site}/pkg-1.0/no_module.so`]: {},
        '/usr/local/lib/python3.11/lib-dynload/_ssl.cpython-311-x86_64-linux-gnu.so': {},
        '/opt/plugins/plain.so': {},
        '/srv/app/_c.cpython-311-x86_64-linux-gnu.so': {},
      },
    ])
    const kinds = (path: string) => image.links.rootKind(image.inode(path))
    expect(kinds(`${site}/_a.cpython-311-x86_64-linux-gnu.so`)).toBe('module')
    expect(kinds(`${site}/pkg/_b.abi3.so`)).toBe('module')
    expect(kinds(`${site}/pkg/plain.so`)).toBe('module')
    expect(kinds('/usr/local/lib/python3.11/lib-dynload/_ssl.cpython-311-x86_64-linux-gnu.so')).toBe('module')
    expect(kinds('/srv/app/_c.cpython-311-x86_64-linux-gnu.so')).toBe('module')
    expect(kinds(`${site}/pkg-1.0/no_module.so`)).toBeUndefined()
    expect(kinds('/opt/plugins/plain.so')).toBeUndefined()
    // A RUNPATH of Python serves Python alone; what Python has loaded serves all.
    expect(image.needs(`${site}/_a.cpython-311-x86_64-linux-gnu.so`)).toEqual([
      'libpython3.11.so.1.0 → /usr/local/lib/libpython3.11.so.1.0 by already-loaded',
      'libx.so → undefined by not-found',
    ])
  })

  it("of conda finds what lies beside it by Python's RPATH", async () => {
    const image = await linkedImage([
      {
        ...base,
        '/opt/conda/bin/python3.11': { program: true, needs: ['libc.so.6'], rpath: '$ORIGIN/../lib' },
        '/opt/conda/lib/libx.so': { soname: 'libx.so' },
        '/opt/conda/lib/python3.11/site-packages/_a.cpython-311-x86_64-linux-gnu.so': { needs: ['libx.so'] },
      },
    ])
    expect(image.loaders('/opt/conda/lib/libx.so')).toEqual([
      '/opt/conda/lib/python3.11/site-packages/_a.cpython-311-x86_64-linux-gnu.so',
    ])
  })
})

describe('what is opened by name', () => {
  it('is found for the sake of whose data has the name, and loads what it needs', async () => {
    const image = await linkedImage([
      {
        ...base,
        '/usr/bin/app': { program: true, needs: ['libcudnn.so.9'], rpath: '/opt/cudnn' },
        '/opt/cudnn/libcudnn.so.9': {
          soname: 'libcudnn.so.9',
          names: ['libcudnn_ops.so.9', 'libcudnn_cnn.so', 'libnone.so'],
        },
        '/opt/cudnn/libcudnn_ops.so.9': { soname: 'libcudnn_ops.so.9', needs: ['libz.so'] },
        '/opt/cudnn/libcudnn_cnn.so.9': { soname: 'libcudnn_cnn.so.9' },
        '/lib/libz.so': { soname: 'libz.so' },
      },
    ])
    // cuDNN has the names of its parts without their version, and adds that.
    const cnn = image.inode('/opt/cudnn/libcudnn_cnn.so.9')
    expect(image.links.openersOf(cnn).map(({ name }) => name)).toEqual(['libcudnn_cnn.so.9'])
    expect(image.links.namedBy('libcudnn_cnn.so.9')).toEqual([image.inode('/opt/cudnn/libcudnn.so.9')])
    const ops = image.inode('/opt/cudnn/libcudnn_ops.so.9')
    expect(image.loaders('/opt/cudnn/libcudnn_ops.so.9')).toEqual([])
    expect(image.links.openersOf(ops).map(({ from, because }) => [image.path(from), because])).toEqual([
      ['/opt/cudnn/libcudnn.so.9', 'its data names libcudnn_ops.so.9'],
    ])
    expect(image.links.namedBy('libcudnn_ops.so.9')).toEqual([image.inode('/opt/cudnn/libcudnn.so.9')])
    expect(image.needs('/opt/cudnn/libcudnn_ops.so.9')).toEqual(['libz.so → /lib/libz.so by default, opened'])
    expect(image.loaders('/lib/libz.so')).toEqual(['/opt/cudnn/libcudnn_ops.so.9'])
  })
})

describe('what is not found', () => {
  it("is told, and what the host's driver brings is marked", async () => {
    const image = await linkedImage([
      { ...base, '/usr/bin/app': { program: true, needs: ['libcuda.so.1', 'libnvidia-ml.so.1', 'libgone.so.1'] } },
    ])
    expect(image.links.unresolved.map(({ name, expected }) => [name, expected])).toEqual([
      ['libcuda.so.1', true],
      ['libnvidia-ml.so.1', true],
      ['libgone.so.1', undefined],
    ])
  })

  it('is the interpreter too', async () => {
    const image = await linkedImage([{ '/usr/bin/app': { program: '/lib/ld-musl-x86_64.so.1', needs: [] } }])
    expect(image.needs('/usr/bin/app')).toEqual(['/lib/ld-musl-x86_64.so.1 → undefined by not-found'])
  })

  it('is not known of what was not read', async () => {
    const image = await linkedImage([{ ...base, '/usr/lib32/libx.so': { unread: 'is a 32-bit ELF file' } }])
    expect(image.links.unread).toEqual([{ inode: image.inode('/usr/lib32/libx.so'), why: 'is a 32-bit ELF file' }])
  })
})

it('knows what the image starts, by its words and through PATH', async () => {
  const files = {
    ...base,
    '/usr/bin/app': { program: true, needs: ['libx.so'] },
    '/usr/bin/other': { program: true, needs: ['liby.so'] },
    '/lib/libx.so': { soname: 'libx.so' },
    '/lib/liby.so': { soname: 'liby.so' },
  } as const
  const image = await linkedImage([files], { entrypoint: ['/bin/sh', '-c', 'exec app --port 80'] })
  expect(image.links.startLoads(image.inode('/lib/libx.so'))).toBe(true)
  expect(image.links.startLoads(image.inode('/lib/liby.so'))).toBe(false)
})

it('is done soon with a file that asks for thousands of names in one folder, named thousands of times', async () => {
  const needs = Array.from({ length: 20_000 }, (_, at) => `libnone${at}.so`)
  const hostile = { program: true as const, needs, rpath: '/:'.repeat(60_000) }
  const image = await linkedImage([{ ...base, '/bin/hostile': hostile }])
  expect(image.links.neededOf(image.inode('/bin/hostile'))).toHaveLength(20_001)
})

it('stops, and says so, where a file has more names to look for in more folders than anybody waits for', async () => {
  const folders = Array.from({ length: 3000 }, (_, at) => `/d${at}`)
  const needs = Array.from({ length: 20_000 }, (_, at) => `libnone${at}.so`)
  const files = {
    '/bin/first': { program: true as const, needs: ['libc.so.6'] },
    '/bin/hostile': { program: true as const, needs, rpath: folders.join(':') },
    '/opt/libalone.so': { soname: 'libalone.so', needs: ['libc.so.6'] },
  }
  const image = await linkedImage([
    { ...base, ...files, ...Object.fromEntries(folders.map(folder => [`${folder}/file`, ''])) },
  ])
  const why =
    'has, with what was followed before it, more folders and names to look for than the 3,000,000 that are looked for'
  expect(image.links.notices).toContainEqual({
    code: 'loads-unfollowed',
    message: `/bin/hostile ${why}: who loads what is known in part`,
  })
  // Rules that ask whether nothing loads a file get to know that nobody knows.
  expect(image.links.unread).toEqual([{ inode: image.inode('/bin/hostile'), why }])
  expect(image.needs('/bin/first')).toContain('libc.so.6 → /lib/x86_64-linux-gnu/libc.so.6 by default')
  expect(neededWithout(image.evidence, new Set())(image.inode('/bin/first'))).toEqual([])
})

it('takes a path that its tokens make longer than any can be for none', async () => {
  const rpath = '$ORIGIN/'.repeat(16_000)
  const folder = `/${'long/'.repeat(700)}`
  const image = await linkedImage([{ ...base, [`${folder}app`]: { program: true, needs: ['libx.so'], rpath } }])
  expect(image.links.neededOf(image.inode(`${folder}app`)).map(({ rule }) => rule)).toContain('not-found')
})
