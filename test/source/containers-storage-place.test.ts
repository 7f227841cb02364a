import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { usualStorage } from '../../src/source/containers-storage/place.ts'
import { parseStorageReference } from '../../src/source/containers-storage/specifier.ts'
import { openOptions } from '../real/open-options.ts'
import { failure, scratch } from './open.ts'

/** The environment of a user, with this storage.conf. */
function conf(toml: string, env: Readonly<Record<string, string>> = {}) {
  const folder = scratch()
  const path = join(folder, 'storage.conf')
  writeFileSync(path, toml)
  return { env: { _CONTAINERS_ROOTLESS_UID: '1001', CONTAINERS_STORAGE_CONF: path, ...env }, homedir: '/home/u' }
}

describe('the usual store', () => {
  it('lies in the home folder of a user, and where XDG_DATA_HOME points', async () => {
    expect(await usualStorage(conf(''))).toEqual({
      driver: 'overlay',
      roots: ['/home/u/.local/share/containers/storage'],
    })
    expect((await usualStorage(conf('', { XDG_DATA_HOME: '/data' }))).roots).toEqual(['/data/containers/storage'])
  })

  it('is the system’s for root', async () => {
    const { roots } = await usualStorage(conf('', { _CONTAINERS_ROOTLESS_UID: '0' }))
    expect(roots).toEqual(['/var/lib/containers/storage'])
  })

  it('has variables in its path', async () => {
    const toml = `[storage]\nrootless_storage_path = "/pool/$USER/\${UID}$HOME/x"\n`
    expect((await usualStorage(conf(toml, { USER: 'u' }))).roots).toEqual(['/pool/u/1001/home/u/x'])
  })

  it('is searched with its split image store first and additional ones last', async () => {
    const toml =
      '[storage]\ndriver = "vfs"\ngraphroot = "/root"\nimagestore = "/images"\n[storage.options]\nadditionalimagestores = ["/a"]\n'
    expect(await usualStorage(conf(toml))).toEqual({ driver: 'vfs', roots: ['/images', '/root', '/a'] })
  })

  it('has the driver of STORAGE_DRIVER and the additional stores of STORAGE_OPTS before those of the file', async () => {
    const toml = '[storage]\ndriver = "vfs"\ngraphroot = "/root"\n[storage.options]\nadditionalimagestores = ["/a"]\n'
    const env = { STORAGE_DRIVER: 'overlay2', STORAGE_OPTS: 'overlay.mountopt=nodev,overlay.imagestore=/b' }
    expect(await usualStorage(conf(toml, env))).toEqual({ driver: 'overlay', roots: ['/root', '/b'] })
  })

  it('has the driver that has written there, where none is set, or the one that is set has not', async () => {
    const root = scratch()
    mkdirSync(join(root, 'vfs-images'))
    const toml = `[storage]\ngraphroot = "${root}"\n`
    expect((await usualStorage(conf(toml))).driver).toBe('vfs')
    expect((await usualStorage(conf(`${toml}driver = "overlay"\n`))).driver).toBe('vfs')
    mkdirSync(join(root, 'overlay-images'))
    expect((await usualStorage(conf(toml))).driver).toBe('overlay')
    expect((await usualStorage(conf(`${toml}driver = "vfs"\n`))).driver).toBe('vfs')
    expect((await usualStorage(conf(`${toml}driver_priority = ["vfs", "overlay"]\n`))).driver).toBe('vfs')
  })
})

describe('a store in brackets', () => {
  const parse = (text: string) => parseStorageReference(text, openOptions())

  it('is a driver, a root, what is of no use here, and options', async () => {
    expect(await parse('[vfs@/root+/run:vfs.imagestore=/a]localhost/app:1')).toEqual({
      place: { driver: 'vfs', roots: ['/root', '/a'] },
      name: 'localhost/app:1',
    })
    expect(await parse('[/root]app')).toEqual({ place: { driver: 'overlay', roots: ['/root'] }, name: 'app' })
  })

  it('may be followed by an ID alone', async () => {
    expect((await parse('[/root]@0123456789ab')).name).toBe('0123456789ab')
  })

  it.each(['[/root', '[/root]', '[]app', '[overlay@root]app'])('is refused when it is %s', async text => {
    expect(await failure(parse(text))).toMatchObject({ code: 'USAGE' })
  })
})
