import { expect, it } from 'vitest'
import { ldMuslPath, parseLdMuslPath } from '../../src/probe/ld-musl-path.ts'

it('reads folders in their order', () => {
  expect(parseLdMuslPath('/lib:/usr/local/lib\n/opt/a b\n\n')?.folders).toEqual(['/lib', '/usr/local/lib', '/opt/a b'])
  expect(parseLdMuslPath('')?.folders).toEqual([])
})

it('wants the file of any architecture', () => {
  expect(ldMuslPath.wants('/etc/ld-musl-x86_64.path', 1)).toBe(true)
  expect(ldMuslPath.wants('/etc/ld-musl-aarch64.path', 1)).toBe(true)
  expect(ldMuslPath.wants('/etc/ld-musl-x/y.path', 1)).toBe(false)
  expect(ldMuslPath.wants('/opt/ld-musl-x86_64.path', 1)).toBe(false)
})
