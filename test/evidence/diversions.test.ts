import { expect, it } from 'vitest'
import { Owners } from '../../src/evidence/owners.ts'
import { Filesystem } from '../../src/image/filesystem.ts'
import { type LayerData, openFixture } from '../fixture.ts'

const status = ['dash', 'bash'].map(name => `Package: ${name}\nStatus: install ok installed\nVersion: 1\n`).join('\n')
const list = (name: string, ...paths: string[]) => ({
  [`/var/lib/dpkg/info/${name}.list`]: ['/.', ...paths, ''].join('\n'),
})
const diversion = (by = 'dash') => ({ '/var/lib/dpkg/diversions': `/bin/sh\n/bin/sh.distrib\n${by}\n` })

async function opened(...layers: readonly LayerData[]) {
  const filesystem = new Filesystem((await openFixture({ config: {}, layers })).layers)
  const owners = new Owners(filesystem)
  return (path: string, layer?: number) => {
    const id = filesystem.at(path, layer)
    return id === undefined ? 'nothing' : owners.owner(id)?.name
  }
}

it('gives the path to the package that diverts it, and the other place to the diverted one', async () => {
  const owner = await opened({
    add: {
      '/var/lib/dpkg/status': status,
      ...diversion(),
      ...list('bash', '/bin/sh'),
      ...list('dash', '/bin/sh'),
      '/bin/sh': 3,
      '/bin/sh.distrib': 4,
    },
  })
  expect([owner('/bin/sh'), owner('/bin/sh.distrib')]).toEqual(['dash', 'bash'])
})

it('follows a file that a later layer moves out of the way', async () => {
  const owner = await opened(
    { add: { '/var/lib/dpkg/status': status, ...list('bash', '/bin/sh'), '/bin/sh': 4 } },
    { add: { ...diversion(), ...list('dash', '/bin/sh'), '/bin/sh': 3, '/bin/sh.distrib': 4 } },
  )
  expect([owner('/bin/sh', 0), owner('/bin/sh'), owner('/bin/sh.distrib')]).toEqual(['bash', 'dash', 'bash'])
})

it('gives a path to nobody that somebody diverts by hand', async () => {
  const owner = await opened({
    add: {
      '/var/lib/dpkg/status': status,
      ...diversion(':'),
      ...list('bash', '/bin/sh'),
      '/bin/sh': 3,
      '/bin/sh.distrib': 4,
    },
  })
  expect([owner('/bin/sh'), owner('/bin/sh.distrib')]).toEqual([undefined, 'bash'])
})

it('leaves a file where it lies once nothing is diverted any more', async () => {
  const owner = await opened(
    { add: { '/var/lib/dpkg/status': status, ...diversion(), ...list('bash', '/bin/sh'), '/bin/sh.distrib': 4 } },
    { add: { '/var/lib/dpkg/diversions': '', '/bin/sh': 4 }, remove: ['/bin/sh.distrib'] },
  )
  expect([owner('/bin/sh.distrib', 0), owner('/bin/sh')]).toEqual(['bash', 'bash'])
})
