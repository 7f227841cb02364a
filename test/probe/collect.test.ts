import { expect, it } from 'vitest'
import { dpkgList } from '../../src/probe/dpkg-list.ts'
import { pipInstaller } from '../../src/probe/pip-installer.ts'
import { pushed } from './read.ts'

const path = '/x/y.dist-info/INSTALLER'

it('collects a file from chunks of any size', () => {
  for (const chunk of [1, 2, 5, 100]) {
    const reader = pushed(pipInstaller, path, Buffer.from('poetry 1.8.2\n'), chunk)
    expect(reader.end()).toEqual({ kind: 'pip-installer', installer: 'poetry 1.8.2' })
    expect(reader.problem).toBeUndefined()
  }
})

it('leaves a file over the limit unread, and says so', () => {
  const reader = pipInstaller.begin(path, 65_537)
  expect(reader.push(Buffer.alloc(100, 'x'), 0)).toBe(Infinity)
  expect(reader.end()).toBeUndefined()
  expect(reader.problem).toBe('is larger than 65,536 bytes')
  expect(pushed(pipInstaller, path, Buffer.alloc(65_536, 'x'), 1000).end()).toBeDefined()
})

it('gives no record of half a file', () => {
  const reader = pipInstaller.begin(path, 6)
  expect(reader.push(Buffer.from('pip'), 0)).toBe(3)
  expect(reader.end()).toBeUndefined()
  expect(reader.problem).toBe('is cut short')
})

it('says when bytes are not what the name promises', () => {
  const reader = pushed(pipInstaller, path, Buffer.from('a\nb'))
  expect(reader.end()).toBeUndefined()
  expect(reader.problem).toBe('is no pip-installer that can be read')
})

it('keeps names that are not UTF-8 apart', () => {
  const bytes = Buffer.from('/a\xff\n/a\xfe\n', 'latin1')
  expect(pushed(dpkgList, '/var/lib/dpkg/info/x.list', bytes, 3).end()).toMatchObject({
    paths: ['/a\udcff', '/a\udcfe'],
  })
})

it('reads an empty file without a push', () => {
  expect(dpkgList.begin('/var/lib/dpkg/info/x.list', 0).end()).toMatchObject({ package: 'x', paths: [] })
})
