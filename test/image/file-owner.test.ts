import { chmodSync, chownSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkOwner, trusted } from '../../src/image/file-owner.ts'
import { canBeNameless, nameless, readableModule } from '../nameless-user.ts'
import { scratch } from '../source/open.ts'

// No name belongs to it.
const uid = 1_234_567

it('is this user for what it makes', () => {
  const folder = scratch()
  expect(trusted(lstatSync(folder))).toBe(true)
  expect(() => checkOwner(folder)).not.toThrow()
})

describe.skipIf(!canBeNameless)('a user without a name, as of a container', () => {
  /** Asks about files of this user's, of root's and of another's. */
  async function asked(before?: string): Promise<unknown> {
    const module = await readableModule('image/file-owner.ts')
    const folder = scratch()
    chmodSync(folder, 0o755)
    for (const owner of [uid, 0, 54_321]) {
      writeFileSync(join(folder, `file-${owner}`), '')
      mkdirSync(join(folder, `${owner}`))
      for (const name of [`file-${owner}`, `${owner}`]) chownSync(join(folder, name), owner, owner)
    }
    const script = `
      import { lstatSync } from 'node:fs'
      import { checkOwner, trusted } from ${JSON.stringify(module)}
      const refused = folder => { try { checkOwner(folder); return false } catch (error) { return error.message } }
      const at = ${JSON.stringify(folder)}
      const owners = [${uid}, 0, 54321]
      console.log(JSON.stringify({
        trusted: owners.map(owner => trusted(lstatSync(at + '/file-' + owner))),
        refused: owners.map(owner => refused(at + '/' + owner)),
      }))`
    return JSON.parse(nameless(uid, script, before).replaceAll(folder, ''))
  }

  it('trusts itself and root, no other', async () => {
    const foreign = (path: string) => {
      const fixes = `make it this one's (sudo chown -R $(id -u) ${path}) or remove it (sudo rm -r ${path})`
      return `${path} belongs to another user: ${fixes}`
    }
    expect(await asked()).toEqual({
      trusted: [true, true, false],
      refused: [false, foreign('/0'), foreign('/54321')],
    })
  })

  it('trusts root alone where nothing tells who it is', async () => {
    expect(await asked('mount -t tmpfs none /proc')).toEqual({
      trusted: [false, true, false],
      refused: ['/1234567', '/0', '/54321'].map(path => `whether ${path} is this user's cannot be told without /proc`),
    })
  })
})
