import { expect, test } from 'vitest'
import { formatPlatform, parsePlatform, satisfies } from '../../src/image/platform.ts'
import { fullName, parseReference, sameName, splitName } from '../../src/image/reference.ts'

test.each([
  ['-', '-', ''],
  ['docker:app:1', 'docker', 'app:1'],
  ['docker-archive:./a:b.tar', 'docker-archive', './a:b.tar'],
  ['oci-archive:x', 'oci-archive', 'x'],
  ['oci:folder:tag', 'oci', 'folder:tag'],
  ['app:1', undefined, 'app:1'],
  ['ocify:1', undefined, 'ocify:1'],
])('%s', (text, scheme, rest) => {
  expect(parseReference(text)).toEqual({ text, rest, ...(scheme === undefined ? {} : { scheme }) })
})

test("a host's port is no tag", () => {
  expect(splitName('host:5000/a/b')).toEqual({ repository: 'host:5000/a/b' })
  expect(splitName('host:5000/a/b:1@sha256:x')).toEqual({ repository: 'host:5000/a/b', tag: '1', digest: 'sha256:x' })
})

test('names as Docker completes them', () => {
  expect(fullName('app')).toBe('docker.io/library/app:latest')
  expect(fullName('me/app:1')).toBe('docker.io/me/app:1')
  expect(fullName('localhost/app')).toBe('localhost/app:latest')
  expect(fullName('host:5000/app@sha256:x')).toBe('host:5000/app@sha256:x')
  expect(sameName('index.docker.io/library/app', 'app:latest')).toBe(true)
  expect(sameName('app:1', 'app:2')).toBe(false)
})

test('platforms', () => {
  expect(formatPlatform(parsePlatform('x86_64'))).toBe('linux/amd64')
  expect(formatPlatform(parsePlatform('Linux/aarch64'))).toBe('linux/arm64')
  expect(formatPlatform(parsePlatform('linux/arm/v7'))).toBe('linux/arm/v7')
  expect(satisfies({ os: 'linux', architecture: 'arm64' }, parsePlatform('linux/arm64/v8'))).toBe(true)
  expect(satisfies({ os: 'linux', architecture: 'arm', variant: 'v6' }, parsePlatform('linux/arm/v7'))).toBe(false)
  expect(satisfies({ os: 'linux', architecture: 'arm', variant: 'v6' }, parsePlatform('linux/arm'))).toBe(true)
  for (const wrong of ['', 'linux', 'linux/', 'a/b/c/d', 'linux/amd 64']) {
    expect(() => parsePlatform(wrong)).toThrow('--platform')
  }
})
