import { describe, expect, it } from 'vitest'
import { ImgauditError } from '../../src/error.ts'
import { findStored } from '../../src/source/containers-storage/names.ts'
import type { StoredImage } from '../../src/source/containers-storage/records.ts'

const digest = (digit: string) => `sha256:${digit.repeat(64)}`
const image = (digit: string, ...names: string[]): StoredImage => ({
  id: digit.repeat(64),
  names,
  manifests: [digest(digit)],
  folder: `/images/${digit}`,
})

const own = image('1', 'localhost/app:latest', 'localhost/app:1')
const hub = image('2', 'docker.io/library/debian:latest', 'docker.io/team/tool:2')
const quay = image('3', 'quay.io/team/tool:3')
const pushed = image('4', 'registry.corp:5000/app:latest', 'registry.corp:5000/app:9')
const nameless = image('5')
const images = [own, hub, quay, pushed, nameless]

const find = (name: string, among: readonly StoredImage[] = images) =>
  findStored(among, name, { driver: 'overlay', roots: ['/root'] })
const failing = (name: string, among: readonly StoredImage[] = images) => {
  try {
    find(name, among)
  } catch (error) {
    if (error instanceof ImgauditError) return error
    throw error
  }
  throw new Error('it was found')
}

describe('an image of a store is found', () => {
  it.each([
    ['by its name in full', 'quay.io/team/tool:3', quay],
    ['by a registry with a port', 'registry.corp:5000/app', pushed],
    ['by a short name of localhost, which comes first', 'app', own],
    ['with a tag', 'app:1', own],
    ['by a short name of Docker Hub', 'debian', hub],
    ['by a name of Docker Hub without library', 'docker.io/debian', hub],
    ['by an organisation and a name', 'team/tool:2', hub],
    ['by a last part that one image alone has', 'tool:3', quay],
    ['by a last part where localhost has another tag', 'app:9', pushed],
    ['by its ID', '5'.repeat(64), nameless],
    ['by its ID as engines write it', digest('5'), nameless],
    ['by the beginning of its ID', '555555555555', nameless],
    ['by name and digest', `quay.io/team/tool@${digest('3')}`, quay],
    ['by short name and digest, whatever the tag', `tool:8@${digest('3')}`, quay],
  ])('%s', (_, name, expected) => expect(find(name)).toBe(expected))

  it('once, where two stores hold it', () => {
    const copy = { ...quay, folder: '/other/images/3' }
    expect(find('tool:3', [...images, copy])).toBe(quay)
  })
})

describe('no image is found', () => {
  it('where the end of a name is only the end of a word', () => {
    expect(failing('ool:3').code).toBe('IMAGE_MISSING')
  })

  it.each(['app:2', 'localhost/debian', `app@${digest('3')}`, '9'.repeat(64)])(
    'by %s: the error lists what is there',
    name => {
      const error = failing(name)
      expect(error.code).toBe('IMAGE_MISSING')
      expect(error.message).toContain('localhost/app:1')
      expect(error.message).toContain('/root')
    },
  )

  it('where several registries have one of the name: the error names them', () => {
    const error = failing('tool', [image('6', 'docker.io/team/tool:latest'), image('7', 'quay.io/b/tool:latest')])
    expect(error.code).toBe('IMAGE_AMBIGUOUS')
    expect(error.message).toContain('docker.io/team/tool:latest')
    expect(error.message).toContain('quay.io/b/tool:latest')
  })
})
