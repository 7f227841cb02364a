import { execFileSync } from 'node:child_process'
import { chmod, chown, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AuditOptions, audit } from '../../src/audit.ts'
import type { Report } from '../../src/report/schema.ts'
import { readDiffIds } from '../../src/source/index.ts'
import { failure } from '../source/open.ts'
import { asUser } from './as-user.ts'
import { comparable } from './comparable.ts'
import { type Demo, demoArchive, routesOf } from './demo.ts'
import { buildah, podman, run, withEngines } from './engines.ts'
import { auditOptions, openOptions } from './open-options.ts'
import { changed, filesLike } from './store-files.ts'
// What is imported later, root's folders may hide from the user.
import 'smol-toml'

const tag = 'localhost/imgaudit-demo:latest'
const nobody = 65_534

/** What Podman, Buildah and CRI-O keep, read without a daemon. */
await withEngines(['podman'], 'a store of containers/storage', engine => {
  let demo: Demo
  let folder: string
  let archive: string

  const at = (name: string) => join(folder, name)
  const by = (reference: string, options: Partial<AuditOptions> = {}) => audit(reference, auditOptions(options))
  const same = (report: Report) => {
    demo.same(report)
    expect(report.image.id).toBe(demo.expected.image.id)
  }
  /** `podman …` in a store of its own, without its service. */
  const inStore = (store: string, driver: string, ...args: string[]) =>
    run('podman', ['--root', at(store), '--runroot', at(`${store}-run`), '--storage-driver', driver, ...args])
  /** Environment of a user whose storage.conf names this root. */
  const conf = async (name: string, toml: string) => {
    await writeFile(at(name), toml)
    return { env: { CONTAINERS_STORAGE_CONF: at(name) } }
  }

  beforeAll(async () => {
    demo = await demoArchive()
    folder = demo.folder
    archive = demo.archive
    await podman(engine, 'load', '-q', '-i', archive)
    await inStore('overlay', 'overlay', 'load', '-q', '-i', archive)
    await inStore('vfs', 'vfs', 'load', '-q', '-i', archive)
  })
  afterAll(() => demo.remove())

  describe.each(['overlay', 'vfs'])('with %s', driver => {
    it('gives the report of the archive that was loaded', async () => {
      const report = await by(`containers-storage:[${driver}@${at(driver)}]${tag}`)
      expect(routesOf(report)).toEqual(['layer-store'])
      expect(report.image.source).toBe('containers-storage')
      expect(report.notices.map(({ code }) => code)).toEqual(['cuda-licence'])
      same(report)
    })

    it('is found by storage.conf, without a driver in it', async () => {
      const options = await conf('found.conf', `[storage]\ngraphroot = "${at(driver)}"\n`)
      same(await by('containers-storage:imgaudit-demo', options))
      const report = await by('podman:imgaudit-demo', options)
      expect(routesOf(report)).toEqual(['layer-store'])
      expect(report.image.source).toBe('podman')
      same(report)
    })

    it('serves as an additional store', async () => {
      await mkdir(at('empty'), { recursive: true })
      const options = await conf(
        'additional.conf',
        `[storage]\ndriver = "${driver}"\ngraphroot = "${at('empty')}"\n[storage.options]\nadditionalimagestores = ["${at(driver)}"]\n`,
      )
      same(await by('podman:imgaudit-demo', options))
    })
  })

  it('is read where images have a root of their own', async () => {
    // As newer ones lay it out: the records of the tars stay with the graph root.
    for (const path of ['images/overlay-layers', 'graph/overlay-layers']) await mkdir(at(path), { recursive: true })
    for (const path of ['overlay', 'overlay-images', 'overlay-layers/layers.json'])
      await symlink(at(`overlay/${path}`), at(`images/${path}`))
    for (const path of filesLike(at('overlay/overlay-layers'), '*.tar-split.gz'))
      await symlink(path, join(at('graph/overlay-layers'), basename(path)))
    const toml = `[storage]\ndriver = "overlay"\ngraphroot = "${at('graph')}"\nimagestore = "${at('images')}"\n`
    same(await by('podman:imgaudit-demo', await conf('split.conf', toml)))
  })

  it('with a driver that keeps no folders is refused', async () => {
    await mkdir(at('btrfs'))
    for (const path of ['images', 'layers']) await symlink(at(`overlay/overlay-${path}`), at(`btrfs/btrfs-${path}`))
    const error = await failure(by(`containers-storage:[${at('btrfs')}]${tag}`))
    expect(error.code).toBe('STORE_UNREADABLE')
    expect(error.message).toContain('btrfs')
    expect(error.fix).toContain('podman save')
  })

  it('is an error where the image is removed while it is read', async () => {
    await inStore('removed', 'overlay', 'load', '-q', '-i', archive)
    let reading = true
    const remove = () => {
      const store = ['--root', at('removed'), '--runroot', at('removed-run'), '--storage-driver', 'overlay']
      if (reading) execFileSync('podman', [...store, 'rmi', '-f', tag], { stdio: 'pipe' })
      reading = false
    }
    const progress = { begin() {}, advance: remove, end() {} }
    const error = await failure(by(`containers-storage:[${at('removed')}]${tag}`, { progress }))
    expect(error.code).toMatch(/^(STORE_UNREADABLE|FILE_UNREADABLE)$/)
    expect(error.fix).toContain('run the same command again')
  })

  it('tells its diff IDs without reading a layer', async () => {
    const options = openOptions(await conf('ids.conf', `[storage]\ngraphroot = "${at('overlay')}"\n`))
    const diffIds = demo.expected.layers.map(layer => layer.diffId)
    expect(await readDiffIds('podman:imgaudit-demo', options)).toEqual(diffIds)
    expect(await readDiffIds('containers-storage:imgaudit-demo', options)).toEqual(diffIds)
  })

  it('is used for a bare name where Docker does not answer', async () => {
    const options = await conf('bare.conf', `[storage]\ngraphroot = "${at('overlay')}"\n`)
    const report = await by('imgaudit-demo', options)
    expect(report.notices.map(({ code }) => code)).toEqual(['podman-used', 'cuda-licence'])
    same({ ...report, notices: report.notices.slice(1) })
    const unknown = await failure(by('nothing:1', options))
    expect(unknown.code).toBe('REFERENCE_UNKNOWN')
    expect(unknown.message).toContain(`${at('overlay')} has no image nothing:1`)
  })

  it('is read where it lies when the socket names it', async () => {
    const report = await by(`podman:${tag}`, { env: { CONTAINER_HOST: engine.host } })
    expect(routesOf(report)).toEqual(['layer-store'])
    same(report)
  })

  it('is exported by the socket when it is not to be read', async () => {
    const report = await by(`podman:${tag}`, { env: { CONTAINER_HOST: engine.host }, layerStore: false })
    expect(routesOf(report)).toEqual(['stream'])
    same(report)
  })

  it.each(['overlay', 'vfs'])('is verified by putting each layer together again, with %s', async driver => {
    const report = await by(`containers-storage:[${driver}@${at(driver)}]${tag}`, { verify: true })
    expect(report.layers.map(layer => [layer.route, layer.verified])).toEqual(
      report.layers.map(() => ['layer-store', true]),
    )
    same(report)
  })

  it('is not verified where a content that nobody looks at is another', async () => {
    const [path = ''] = filesLike(at('overlay'), '*/diff/usr/bin/*')
    await changed(
      path,
      bytes => {
        bytes[0] = (bytes[0] ?? 0) ^ 1
        return bytes
      },
      async () => {
        const reference = `containers-storage:[overlay@${at('overlay')}]${tag}`
        expect((await failure(by(reference, { verify: true }))).code).toMatch(/^(DIGEST_MISMATCH|STORE_UNREADABLE)$/)
      },
    )
  })

  it('says what is there when an image is not', async () => {
    const options = await conf('missing.conf', `[storage]\ngraphroot = "${at('overlay')}"\n`)
    const error = await failure(by('containers-storage:nothing:1', options))
    expect(error.code).toBe('IMAGE_MISSING')
    expect(error.message).toContain(tag)
  })

  it('has images that Buildah built, equal to what Podman saves of them', async () => {
    await mkdir(at('context'))
    await writeFile(at('context/Dockerfile'), `FROM ${tag}\nCOPY new /opt/new\nCOPY new /opt/again\n`)
    await writeFile(at('context/new'), Buffer.alloc(100_000, 'built'))
    await buildah(engine, 'bud', '--isolation=chroot', '--pull-never', '--layers', '-t', 'built:1', at('context'))
    await podman(engine, 'save', '-q', '-o', at('built.tar'), 'localhost/built:1')
    const saved = await by(at('built.tar'))
    const root = engine.variables.IMGAUDIT_PODMAN_ROOT
    const stored = await by(`containers-storage:[overlay@${root}]built:1`)
    expect(routesOf(stored)).toEqual(['layer-store'])
    expect(stored.layers.length).toBe(demo.expected.layers.length + 2)
    expect(comparable(stored)).toEqual(comparable(saved))
  })

  it('has a list of manifests, of which the wanted platform is read', async () => {
    await inStore('overlay', 'overlay', 'manifest', 'create', 'localhost/list:1')
    await inStore('overlay', 'overlay', 'manifest', 'add', 'localhost/list:1', `containers-storage:${tag}`)
    const reference = `containers-storage:[overlay@${at('overlay')}]list:1`
    same(await by(reference))
    expect(await failure(by(reference, { platform: 'linux/s390x' }))).toMatchObject({ code: 'PLATFORM_MISSING' })
  })

  describe('of a user without root', () => {
    const home = () => at('home')
    const options = () => ({ env: { HOME: home() }, homedir: home() })

    beforeAll(async () => {
      await mkdir(at('home/run'), { recursive: true })
      for (const path of ['home', 'home/run']) await chown(at(path), nobody, nobody)
      await chmod(archive, 0o644)
      // No sub-UIDs are needed so: each file belongs to the user.
      execFileSync(
        'setpriv',
        [
          '--reuid',
          String(nobody),
          '--regid',
          String(nobody),
          '--clear-groups',
          'podman',
          '--log-level',
          'fatal',
        ].concat([
          '--storage-driver',
          'vfs',
          '--storage-opt',
          'vfs.ignore_chown_errors=true',
          'load',
          '-q',
          '-i',
          archive,
        ]),
        { env: { ...process.env, HOME: home(), XDG_RUNTIME_DIR: at('home/run') }, stdio: 'pipe', cwd: folder },
      )
    })

    afterAll(async () => {
      // Rootless Podman leaves one behind that holds its user namespace open.
      const pid = await readFile(at('home/run/libpod/tmp/pause.pid'), 'utf8')
      process.kill(Number(pid), 'SIGKILL')
    })

    it('is read by the user, without a socket', async () => {
      const report = await asUser(() => by('podman:imgaudit-demo', options()))
      expect(routesOf(report)).toEqual(['layer-store'])
      same(report)
      same(await asUser(() => by('containers-storage:imgaudit-demo', options())))
    })

    it('is not another’s: the error says whose it has to be', async () => {
      const error = await asUser(() => failure(by(`containers-storage:[${at('overlay')}]${tag}`, options())))
      expect(error.code).toBe('STORE_UNREADABLE')
      expect(error.fix).toContain('sudo imgaudit')
    })

    it('has files of other users of the image, which podman unshare opens', async () => {
      const layers = at('home/.local/share/containers/storage/vfs/dir')
      const statuses = filesLike(layers, '*/var/lib/dpkg/status')
      expect(statuses.length).toBeGreaterThan(0)
      for (const path of statuses) {
        await chown(path, 165_536, 165_536)
        await chmod(path, 0o600)
      }
      const error = await asUser(() => failure(by('podman:imgaudit-demo', options())))
      expect(error.code).toBe('STORE_UNREADABLE')
      expect(error.message).toContain('var/lib/dpkg/status cannot be read: EACCES')
      expect(error.fix).toContain('podman unshare imgaudit')
      for (const path of statuses) await chown(path, nobody, nobody)
      for (const folder of statuses.map(dirname)) {
        await chown(folder, 165_536, 165_536)
        await chmod(folder, 0o700)
      }
      const hidden = await asUser(() => failure(by('podman:imgaudit-demo', options())))
      expect(hidden).toMatchObject({ code: 'STORE_UNREADABLE', fix: error.fix })
    })
  })
})
