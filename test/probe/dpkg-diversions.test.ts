import { expect, it } from 'vitest'
import { dpkgDiversions, parseDpkgDiversions } from '../../src/probe/dpkg-diversions.ts'
import { fixture } from './read.ts'

it('reads what dpkg moves out of the way, for whom', () => {
  expect(parseDpkgDiversions(fixture('debian.diversions'))).toEqual({
    kind: 'dpkg-diversions',
    diversions: [
      { path: '/usr/share/man/man1/sh.1.gz', to: '/usr/share/man/man1/sh.distrib.1.gz', package: 'dash' },
      { path: '/bin/sh', to: '/bin/sh.distrib', package: 'dash' },
      { path: '/usr/bin/firefox', to: '/usr/bin/firefox.real', package: ':' },
    ],
  })
})

it('takes an empty file for none, and a third of a diversion for damage', () => {
  expect(parseDpkgDiversions('')).toEqual({ kind: 'dpkg-diversions', diversions: [] })
  expect(parseDpkgDiversions('/a\n/b\n')).toBeUndefined()
})

it('wants the file where dpkg has it', () => {
  expect(dpkgDiversions.wants('/var/lib/dpkg/diversions', 1)).toBe(true)
  expect(dpkgDiversions.wants('/var/lib/dpkg/diversions-old', 1)).toBe(false)
})
