import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { probeFor, probes } from '../../src/probe/index.ts'

const wanted: Readonly<Record<string, string>> = {
  '/var/lib/dpkg/status': 'dpkg-status',
  '/var/lib/dpkg/status.d/tzdata': 'dpkg-status',
  '/var/lib/dpkg/status.d/libssl3': 'dpkg-status',
  '/var/lib/dpkg/status.d/tzdata.md5sums': 'dpkg-list',
  '/var/lib/dpkg/info/libc6:amd64.list': 'dpkg-list',
  '/var/lib/dpkg/diversions': 'dpkg-diversions',
  '/var/lib/rpm/rpmdb.sqlite': 'rpm-database',
  '/usr/lib/sysimage/rpm/rpmdb.sqlite': 'rpm-database',
  '/var/lib/rpm/rpmdb.sqlite-wal': 'rpm-write-ahead-log',
  '/var/lib/rpm/Packages': 'rpm-berkeley-db',
  '/usr/lib/sysimage/rpm/Packages.db': 'rpm-ndb',
  '/a/x-1.dist-info/METADATA': 'pip-metadata',
  '/a/x-1.egg-info/PKG-INFO': 'pip-metadata',
  '/a/x-1.egg-info': 'pip-metadata',
  '/a/x-1.dist-info/RECORD': 'pip-record',
  '/a/x-1.egg-info/installed-files.txt': 'pip-record',
  '/a/x-1.dist-info/INSTALLER': 'pip-installer',
  '/a/conda-meta/x-1-0.json': 'conda-package',
  '/lib/apk/db/installed': 'apk-installed',
  '/usr/lib/apk/db/installed': 'apk-installed',
  '/var/lib/apt/extended_states': 'apt-extended-states',
  '/etc/ld.so.conf': 'ld-so-conf',
  '/etc/ld.so.conf.d/000_cuda.conf': 'ld-so-conf',
  '/etc/ld.so.cache': 'ld-so-cache',
  '/etc/ld.so.preload': 'ld-so-preload',
  '/etc/ld-musl-x86_64.path': 'ld-musl-path',
  '/etc/os-release': 'os-release',
  '/usr/lib/os-release': 'os-release',
}

it.each(Object.entries(wanted))('%s is wanted by %s alone', (path, id) => {
  expect(probes.filter(probe => probe.wants(path, 1)).map(probe => probe.id)).toEqual([id])
  expect(probeFor(path, 1)?.id).toBe(id)
})

it('finds what a walk over all probes finds', () => {
  const files = execFileSync('find', ['/usr', '/var/lib', '/etc', '-xdev', '-type', 'f'], {
    encoding: 'utf8',
    maxBuffer: 1e9,
    stdio: ['ignore', 'pipe', 'ignore'],
  }).split('\n')
  const part = fc.constantFrom(...Object.keys(wanted).flatMap(path => path.split(/(?<=[/.-])|(?=[/.-])/)))
  const odd = fc.sample(
    fc.array(part, { maxLength: 8 }).map(parts => `/${parts.join('')}`),
    20_000,
  )
  for (const path of [...files, ...odd, '', '/', '/ä', '/\udcff']) {
    expect(probeFor(path, 1)).toBe(probes.find(probe => probe.wants(path, 1)))
  }
})

it('decides in well under a microsecond', () => {
  const paths = Array.from(
    { length: 100_000 },
    (_, at) => `/usr/lib/python3/dist-packages/torch/include/${at}/x.${at % 2 ? 'h' : 'json'}`,
  )
  let best = Infinity
  for (let round = 0; round < 5; round++) {
    const start = process.hrtime.bigint()
    for (const path of paths) probeFor(path, 1)
    best = Math.min(best, Number(process.hrtime.bigint() - start) / paths.length)
  }
  // Measured: 30 to 100 ns; the limit is what a loaded machine may take.
  expect(best).toBeLessThan(1000)
})
