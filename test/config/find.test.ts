import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findConfiguration } from '../../src/config/find.ts'

let root = ''

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'imgaudit-find-')))
  mkdirSync(join(root, '.git'))
  mkdirSync(join(root, 'a/b'), { recursive: true })
})

afterEach(() => rmSync(root, { recursive: true }))

function put(path: string, text = ''): void {
  writeFileSync(join(root, path), text)
}

async function found(from = 'a/b'): Promise<string | undefined> {
  return (await findConfiguration(join(root, from)))?.name
}

const own = '{ "imgaudit": {} }'

describe('the configuration', () => {
  it.each(['imgaudit.config.yaml', 'imgaudit.config.yml', 'imgaudit.config.json'])('is %s', async name => {
    put(`a/b/${name}`)
    expect(await found()).toBe(name)
  })

  it('is a key of package.json, where it has that', async () => {
    put('package.json', `\uFEFF${own}`)
    expect(await findConfiguration(root)).toEqual({
      path: join(root, 'package.json'),
      name: 'package.json',
      within: ['imgaudit'],
    })
    for (const other of [
      '{ "name": "imgaudit" }',
      '{ "devDependencies": { "imgaudit": "1" } }',
      '[]',
      'null',
      '{',
      '',
    ]) {
      put('package.json', other)
      expect(await found('.'), other).toBeUndefined()
    }
  })

  it('is not passed over where package.json may have one, but is broken', async () => {
    put('package.json', '{ "imgaudit": { } ')
    await expect(found('.')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'package.json may have a configuration, but is not JSON',
    })
  })

  it('is the nearest above', async () => {
    put('imgaudit.config.yaml')
    expect(await found()).toBe('../../imgaudit.config.yaml')
    put('a/package.json', own)
    expect(await found()).toBe('../package.json')
    put('a/b/imgaudit.config.json')
    expect(await found()).toBe('imgaudit.config.json')
    expect(await found('.')).toBe('imgaudit.config.yaml')
  })

  it('is looked for up to the root of the repository, whether .git is a folder or a file', async () => {
    put('imgaudit.config.yaml')
    put('a/.git', 'gitdir: elsewhere')
    expect(await found()).toBeUndefined()
    put('a/imgaudit.config.yaml')
    expect(await found()).toBe('../imgaudit.config.yaml')
  })

  it('is one: two in a folder are told by name', async () => {
    put('a/imgaudit.config.yaml')
    put('a/imgaudit.config.json')
    await expect(found()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'there are two configurations, ../imgaudit.config.yaml and ../imgaudit.config.json',
      fix: 'leave one, or name one with --config ../imgaudit.config.yaml',
    })
    rmSync(join(root, 'a/imgaudit.config.json'))
    put('a/package.json', own)
    await expect(found()).rejects.toMatchObject({
      message: 'there are two configurations, ../imgaudit.config.yaml and ../package.json',
    })
  })

  it('is there also as a link that leads nowhere', async () => {
    symlinkSync('nowhere', join(root, 'imgaudit.config.yml'))
    expect(await found()).toBe('../../imgaudit.config.yml')
  })
})
