import { expect, it } from 'vitest'
import { condaPackage, parseCondaPackage } from '../../src/probe/conda-package.ts'
import { fixture } from './read.ts'

const path = '/opt/conda/conda-meta/libpng-1.6.43-h4a9f0e6_1.json'

it('reads a package with its files below the prefix', () => {
  expect(parseCondaPackage(fixture('conda.json'), path)).toEqual({
    kind: 'conda-package',
    name: 'libpng',
    version: '1.6.43',
    paths: [
      '/opt/conda/bin/libpng-config',
      '/opt/conda/include/png.h',
      '/opt/conda/lib/libpng16.so.16',
      '/opt/conda/lib/libpng16.so.16.43.0',
      '/opt/conda/share/man/man5/png.5',
    ],
    depends: ['libgcc', 'libzlib'],
  })
})

it('reads a metapackage, and a prefix that is the root', () => {
  const text = '{"name":"cuda","version":"12.4","files":[]}'
  expect(parseCondaPackage(text, path)).toMatchObject({ name: 'cuda', paths: [] })
  const odd = '{"name":"x","version":"1","files":["a",7,"",null,"../../b"]}'
  expect(parseCondaPackage(odd, '/conda-meta/x.json')).toMatchObject({ paths: ['/a', '/b'] })
})

it.each([
  '',
  'null',
  '[]',
  '7',
  '{"name":"x","version":"1"}',
  '{"name":1,"version":"1","files":[]}',
  '{"name":"x"',
  '\ufeff{}',
])('has no record for %s', text => expect(parseCondaPackage(text, path)).toBeUndefined())

it('wants json in conda-meta, of every environment', () => {
  expect(condaPackage.wants(path, 1)).toBe(true)
  expect(condaPackage.wants('/opt/conda/envs/x/conda-meta/y-1-0.json', 1)).toBe(true)
  expect(condaPackage.wants('/opt/conda/conda-meta/history', 1)).toBe(false)
  expect(condaPackage.wants('/opt/conda/conda-meta/x/y.json', 1)).toBe(false)
  expect(condaPackage.wants('/opt/not-conda-meta/y.json', 1)).toBe(false)
  expect(condaPackage.wants('/y.json', 1)).toBe(false)
})
