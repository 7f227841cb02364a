import { expect, it } from 'vitest'
import { osRelease, parseOsRelease } from '../../src/probe/os-release.ts'
import { fixture } from './read.ts'

it('reads a real os-release', () => {
  expect(parseOsRelease(fixture('debian.os-release'))).toEqual({
    kind: 'os-release',
    id: 'debian',
    version: '12',
    name: 'Debian GNU/Linux 12 (bookworm)',
  })
})

it('minds quotes, escapes, comments and defaults', () => {
  const text = `#ID=no\n ID='rocky'\nVERSION_ID=9.3\nNAME="A \\"b\\" \\$c \\\\ \\n"\n`
  expect(parseOsRelease(text)).toEqual({ kind: 'os-release', id: 'rocky', version: '9.3', name: 'A "b" $c \\ \\n' })
  expect(parseOsRelease('')).toEqual({ kind: 'os-release', id: 'linux', version: '', name: 'Linux' })
  expect(parseOsRelease('ID="\nNAME=\'x').id).toBe('linux')
})

it('wants both places', () => {
  expect(osRelease.wants('/etc/os-release', 1)).toBe(true)
  expect(osRelease.wants('/usr/lib/os-release', 1)).toBe(true)
  expect(osRelease.wants('/opt/os-release', 1)).toBe(false)
})
