import { expect, it } from 'vitest'
import { ldSoConf, parseLdSoConf } from '../../src/probe/ld-so-conf.ts'
import { fixture } from './read.ts'

it('reads folders, and no comments or includes', () => {
  expect(parseLdSoConf(fixture('cuda.ld.so.conf'))).toEqual({
    kind: 'ld-so-conf',
    folders: ['/usr/local/cuda/lib64', '/usr/local/nvidia/lib'],
  })
})

it('wants the file and those that it includes', () => {
  expect(ldSoConf.wants('/etc/ld.so.conf', 1)).toBe(true)
  expect(ldSoConf.wants('/etc/ld.so.conf.d/000_cuda.conf', 1)).toBe(true)
  expect(ldSoConf.wants('/etc/ld.so.conf.d/old/000_cuda.conf', 1)).toBe(false)
  expect(ldSoConf.wants('/etc/ld.so.conf.d/README', 1)).toBe(false)
})
