import { expect, it } from 'vitest'
import type { PackageRecord } from '../../../src/probe/package-record.ts'
import { file } from '../../fixture.ts'
import { base, linkedImage } from './linked-image.ts'

function cache(...entries: readonly (readonly [name: string, path: string])[]): PackageRecord {
  return { kind: 'ld-so-cache', entries: entries.map(([name, path]) => ({ name, path, flags: 0x303 })) }
}

const conf: PackageRecord = { kind: 'ld-so-conf', folders: ['/opt/x'] }

it('says nothing of an image in order', async () => {
  const { notices } = await linkedImage(
    [
      {
        ...base,
        '/etc/ld.so.cache': 'cache',
        '/etc/ld.so.conf.d/x.conf': '/opt/x\n',
        '/opt/x/libx.so.1': { soname: 'libx.so.1' },
        '/usr/bin/app': { program: true, needs: ['libx.so.1'], runpath: '/opt/x' },
        '/usr/local/cuda/lib64/stubs/libcuda.so': file('stub'),
      },
    ],
    { env: { LD_LIBRARY_PATH: '/opt/x' } },
    { '/etc/ld.so.cache': cache(['libx.so.1', '/opt/x/libx.so.1']), '/etc/ld.so.conf.d/x.conf': conf },
  )
  expect(notices).toEqual({})
})

it('tells of a cache that has what is gone, and has not what is there', async () => {
  const { notices } = await linkedImage(
    [
      {
        ...base,
        '/etc/ld.so.cache': 'cache',
        '/etc/ld.so.conf.d/x.conf': '/opt/x\n',
        '/opt/x/libx.so.1.2': { soname: 'libx.so.1' },
        '/opt/x/liby.so.1': { soname: 'liby.so.1' },
      },
    ],
    {},
    {
      '/etc/ld.so.cache': cache(['libgone.so', '/opt/x/libgone.so'], ['libx.so.1', '/opt/x/libx.so.1.2']),
      '/etc/ld.so.conf.d/x.conf': conf,
    },
  )
  expect(notices).toEqual({
    'stale-loader-cache':
      '/etc/ld.so.cache is older than the image: it has libgone.so at /opt/x/libgone.so, where nothing is',
    'not-in-loader-cache':
      '/etc/ld.so.conf.d/x.conf names the folder of /opt/x/liby.so.1, but /etc/ld.so.cache does not have it: it is not found by its name until ldconfig runs',
  })
})

it('tells of folders of ldconfig without a cache', async () => {
  const { notices } = await linkedImage(
    [{ ...base, '/etc/ld.so.conf.d/x.conf': '/opt/x\n', '/opt/x/libx.so.1': { soname: 'libx.so.1' } }],
    {},
    { '/etc/ld.so.conf.d/x.conf': conf },
  )
  expect(notices['not-in-loader-cache']).toContain('there is no /etc/ld.so.cache')
})

it('tells of LD_LIBRARY_PATH before RUNPATH, where the copies differ', async () => {
  const image = (buildId: string) =>
    linkedImage(
      [
        {
          ...base,
          '/usr/bin/app': { program: true, needs: ['libcusparse.so.12'], rpath: '/wheel' },
          '/wheel/libcusparse.so.12': {
            soname: 'libcusparse.so.12',
            needs: ['libnvJitLink.so.12'],
            runpath: '$ORIGIN',
          },
          '/wheel/libnvJitLink.so.12': { soname: 'libnvJitLink.so.12', buildId: 'aa' },
          '/cuda/libnvJitLink.so.12': { soname: 'libnvJitLink.so.12', buildId },
        },
      ],
      { env: { LD_LIBRARY_PATH: '/cuda' } },
    )
  expect((await image('bb')).notices['runpath-overridden']).toBe(
    'LD_LIBRARY_PATH comes before RUNPATH: /wheel/libcusparse.so.12 gets /cuda/libnvJitLink.so.12, and has a RUNPATH to /wheel/libnvJitLink.so.12. Versions that are mixed fail with undefined symbols',
  )
  const same = await image('aa')
  expect(same.notices).toEqual({})
  const [edge] = same.links.loadersOf(same.inode('/cuda/libnvJitLink.so.12'))
  expect(edge?.instead).toBe(same.inode('/wheel/libnvJitLink.so.12'))
})

it('tells of stubs, empty folders, and libraries of the driver', async () => {
  const { notices } = await linkedImage(
    [
      {
        ...base,
        '/usr/bin/app': { program: true, needs: [], runpath: '$ORIGIN/../lib:' },
        '/usr/local/cuda/lib64/stubs/libcuda.so': file('stub'),
        '/usr/local/cuda/compat/libcuda.so.550.54.15': file('for older drivers'),
        '/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.550.54.15': file('driver'),
        '/usr/lib/x86_64-linux-gnu/libnvidia-container.so.1': file('none of the driver'),
      },
    ],
    { env: { LD_LIBRARY_PATH: '/usr/local/cuda/lib64/stubs:' }, workingDir: '/app' },
  )
  expect(notices).toEqual({
    'stubs-searched':
      'LD_LIBRARY_PATH has /usr/local/cuda/lib64/stubs, which holds stubs: a program that gets one in place of a real library (libcuda.so.1) fails',
    'empty-library-path':
      'LD_LIBRARY_PATH=/usr/local/cuda/lib64/stubs: has an empty folder, which is the working directory (/app at first): what lies there is loaded',
    'empty-runpath':
      '/usr/bin/app has an empty folder in its RPATH or RUNPATH, which is the working directory: what lies there is loaded',
    'driver-library':
      "/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.550.54.15 is a library of NVIDIA's driver: the host brings that, of its own version",
  })
})
