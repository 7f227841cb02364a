import { expect, it } from 'vitest'
import { parsePipInstaller, pipInstaller } from '../../src/probe/pip-installer.ts'

it('reads who installed a package', () => {
  expect(parsePipInstaller('pip\n')).toEqual({ kind: 'pip-installer', installer: 'pip' })
  expect(parsePipInstaller('poetry 1.8.2')).toEqual({ kind: 'pip-installer', installer: 'poetry 1.8.2' })
  expect(parsePipInstaller(' \n')).toBeUndefined()
  expect(parsePipInstaller('a\nb')).toBeUndefined()
  expect(pipInstaller.wants('/x/six-1.17.0.dist-info/INSTALLER', 4)).toBe(true)
  expect(pipInstaller.wants('/x/INSTALLER', 4)).toBe(false)
})
