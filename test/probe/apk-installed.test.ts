import { expect, it } from 'vitest'
import { apkInstalled, parseApkInstalled } from '../../src/probe/apk-installed.ts'
import { fixture } from './read.ts'

it('reads packages with their files', () => {
  expect(parseApkInstalled(fixture('apk.installed'))).toEqual({
    kind: 'apk-installed',
    packages: [
      { name: 'alpine-baselayout-data', version: '3.4.3-r2', paths: ['/etc/fstab', '/etc/group', '/etc/shadow'] },
      {
        name: 'musl',
        version: '1.2.4_git20230717-r4',
        paths: ['/lib/ld-musl-x86_64.so.1', '/lib/libc.musl-x86_64.so.1'],
      },
      { name: '.python-rundeps', version: '20240412.190154', paths: [] },
    ],
  })
})

it('reads files of the root, and none outside of a package', () => {
  expect(parseApkInstalled('R:lost\n\nP:x\nV:1\nF:usr\nF:\nR:init\n\nR:lost\nP:no-version\n')?.packages).toEqual([
    { name: 'x', version: '1', paths: ['/init'] },
  ])
})

it('wants the database where Alpine has it', () => {
  expect(apkInstalled.wants('/lib/apk/db/installed', 1)).toBe(true)
  expect(apkInstalled.wants('/usr/lib/apk/db/installed', 1)).toBe(true)
  expect(apkInstalled.wants('/srv/lib/apk/db/installed', 1)).toBe(false)
})
