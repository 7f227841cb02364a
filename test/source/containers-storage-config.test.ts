import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readStorageConfig } from '../../src/source/containers-storage/config.ts'
import { failure, scratch } from './open.ts'

/** Files by their path below a folder, as TOML; gives the folder. */
function written(files: Readonly<Record<string, string>>): string {
  const folder = scratch()
  for (const [path, toml] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), toml)
  }
  return folder
}

const system = (folder: string) => [join(folder, 'usr'), join(folder, 'etc')]
const nothing = { driverPriority: [], additionalImageStores: [] }

describe('storage.conf', () => {
  it('says nothing where there is none', async () => {
    const folder = scratch()
    expect(await readStorageConfig({ uid: 0, home: folder }, {}, system(folder))).toEqual(nothing)
  })

  it('is the administrator’s before the distribution’s, as a whole', async () => {
    const folder = written({
      'usr/storage.conf': '[storage]\ndriver = "vfs"\ngraphroot = "/usr-root"\n',
      'etc/storage.conf':
        '[storage]\ngraphroot = "/etc-root"\nimagestore = "/split"\n[storage.options]\nadditionalimagestores = [\n "/a", "/b",\n]\n',
    })
    expect(await readStorageConfig({ uid: 0, home: folder }, {}, system(folder))).toEqual({
      ...nothing,
      graphRoot: '/etc-root',
      imageStore: '/split',
      additionalImageStores: ['/a', '/b'],
    })
  })

  it('gives a user of the system’s the rootless path and the driver, no more', async () => {
    const folder = written({
      'etc/storage.conf':
        '[storage]\ndriver = "overlay"\ngraphroot = "/root-only"\nrootless_storage_path = "/pool/$UID"\n[storage.options]\nadditionalimagestores = ["/a"]\n',
    })
    expect(await readStorageConfig({ uid: 1001, home: folder }, {}, system(folder))).toEqual({
      ...nothing,
      driver: 'overlay',
      rootlessPath: '/pool/$UID',
    })
  })

  it('gives a user no driver that needs root', async () => {
    const folder = written({ 'etc/storage.conf': '[storage]\ndriver = "zfs"\n' })
    expect(await readStorageConfig({ uid: 1001, home: folder }, {}, system(folder))).toEqual(nothing)
  })

  it('is a user’s own instead, in the home folder or where XDG_CONFIG_HOME points', async () => {
    const folder = written({
      'etc/storage.conf': '[storage]\ndriver = "overlay"\nrootless_storage_path = "/pool"\n',
      'home/.config/containers/storage.conf': '[storage]\ngraphroot = "/mine"\n',
      'xdg/containers/storage.conf': '[storage]\ngraphroot = "/xdg"\n',
    })
    const user = { uid: 1001, home: join(folder, 'home') }
    expect(await readStorageConfig(user, {}, system(folder))).toEqual({ ...nothing, graphRoot: '/mine' })
    const env = { XDG_CONFIG_HOME: join(folder, 'xdg') }
    expect(await readStorageConfig(user, env, system(folder))).toEqual({ ...nothing, graphRoot: '/xdg' })
    expect((await readStorageConfig({ ...user, uid: 0 }, {}, system(folder))).driver).toBe('overlay')
  })

  it('is the one that CONTAINERS_STORAGE_CONF names, alone', async () => {
    const folder = written({
      'etc/storage.conf': '[storage]\ndriver = "overlay"\n',
      'etc/storage.conf.d/10.conf': '[storage]\nimagestore = "/dropped-in"\n',
      'mine.conf': '[storage]\ngraphroot = "/named"\n',
    })
    const env = { CONTAINERS_STORAGE_CONF: join(folder, 'mine.conf') }
    expect(await readStorageConfig({ uid: 0, home: folder }, env, system(folder))).toEqual({
      ...nothing,
      graphRoot: '/named',
    })
  })

  it('is followed by drop-ins in the order of their names; a later folder’s replaces one of the same name', async () => {
    const folder = written({
      'etc/storage.conf': '[storage]\ngraphroot = "/first"\n[storage.options]\nadditionalimagestores = ["/a"]\n',
      'usr/storage.conf.d/20.conf': '[storage]\ngraphroot = "/usr-20"\n',
      'etc/storage.conf.d/10.conf':
        '[storage]\ngraphroot = "/etc-10"\n[storage.options]\nadditionalimagestores = ["/b", {append = true}]\n',
      'etc/storage.rootless.conf.d/30.conf': '[storage]\ngraphroot = "/others"\n',
      'etc/storage.rootful.conf.d/40.conf': '[storage]\nimagestore = "/rootful"\n',
      'etc/storage.conf.d/50.conf.disabled': '[storage]\ngraphroot = "/disabled"\n',
    })
    const read = () => readStorageConfig({ uid: 0, home: folder }, {}, system(folder))
    expect(await read()).toEqual({
      ...nothing,
      graphRoot: '/usr-20',
      imageStore: '/rootful',
      additionalImageStores: ['/a', '/b'],
    })
    writeFileSync(join(folder, 'etc/storage.conf.d/20.conf'), '')
    expect((await read()).graphRoot).toBe('/etc-10')
  })

  it('that is no TOML, or not there though it was named, is an error that names it', async () => {
    const folder = written({ 'etc/storage.conf': '[storage\n' })
    const broken = await failure(readStorageConfig({ uid: 0, home: folder }, {}, system(folder)))
    expect(broken).toMatchObject({ code: 'CONFIG_INVALID' })
    expect(broken.message).toContain(join(folder, 'etc/storage.conf'))
    const env = { CONTAINERS_STORAGE_CONF: join(folder, 'gone.conf') }
    const gone = await failure(readStorageConfig({ uid: 0, home: folder }, env, system(folder)))
    expect(gone).toMatchObject({ code: 'CONFIG_INVALID' })
  })
})
