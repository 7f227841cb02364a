import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type AuditOptions, audit } from '../../src/audit.ts'
import { failure } from '../source/open.ts'
import { type Demo, demoArchive, routesOf } from './demo.ts'
import { podman, run, withEngines } from './engines.ts'
import { auditOptions } from './open-options.ts'
import { changed, statusFolder } from './store-files.ts'

const tag = 'localhost/imgaudit-demo:latest'

/** A store whose files are not what they were: never a smaller answer. */
await withEngines(['podman'], 'a store of containers/storage that is damaged', engine => {
  let demo: Demo
  let folder: string
  let root: string
  let records: readonly string[]

  const at = (name: string) => join(folder, name)
  const by = (reference: string, options: Partial<AuditOptions> = {}) => audit(reference, auditOptions(options))
  const reference = () => `containers-storage:[overlay@${root}]${tag}`
  const layersFile = () => join(root, 'overlay-layers/layers.json')

  beforeAll(async () => {
    demo = await demoArchive()
    const { archive } = demo
    folder = demo.folder
    await podman(engine, 'load', '-q', '-i', archive)
    root = at('root')
    const store = ['--root', root, '--runroot', at('run'), '--storage-driver', 'overlay']
    await run('podman', [...store, 'load', '-q', '-i', archive])
    const listed: { readonly id: string }[] = JSON.parse(await readFile(layersFile(), 'utf8'))
    records = listed.map(({ id }) => id)
  })
  afterAll(() => demo.remove())

  const record = (position: number) => join(root, 'overlay-layers', `${records[position]}.tar-split.gz`)
  const fails = async (code: RegExp) => {
    const error = await failure(by(reference()))
    expect(error.code).toMatch(code)
    expect(error.fix).toContain('podman save')
  }

  it.each([0, 1, 2])('in the record of layer %i: a byte of it flipped', async position => {
    await changed(
      record(position),
      bytes => {
        const middle = bytes.length >> 1
        bytes[middle] = (bytes[middle] ?? 0) ^ 0x55
        return bytes
      },
      () => fails(/^(ARCHIVE_INVALID|ARCHIVE_TRUNCATED|CHECKSUM_WRONG)$/),
    )
  })

  it('in a record that is cut short', () =>
    changed(
      record(1),
      bytes => bytes.subarray(0, bytes.length - 100),
      () => fails(/^(ARCHIVE_INVALID|ARCHIVE_TRUNCATED|CHECKSUM_WRONG)$/),
    ))

  it('in the record of another layer', async () => {
    const other = await readFile(record(2))
    await changed(
      record(1),
      () => other,
      () => fails(/^ARCHIVE_INVALID$/),
    )
  })

  it('in a size that differs from the record’s', () =>
    changed(
      layersFile(),
      bytes => bytes.toString().replace(/"diff-size":\d+/, '"diff-size":512'),
      () => fails(/^ARCHIVE_INVALID$/),
    ))

  it('in a diff ID that differs from the configuration’s', () =>
    changed(
      layersFile(),
      bytes => bytes.toString().replace(/"diff-digest":"sha256:./, '"diff-digest":"sha256:g'),
      () => fails(/^STORE_UNREADABLE$/),
    ))

  it('in a layer that was not pulled whole', () =>
    changed(
      layersFile(),
      bytes => bytes.toString().replace('"diff-digest"', '"toc-digest"'),
      () => fails(/^STORE_UNREADABLE$/),
    ))

  it('in layers that run in a circle', () =>
    changed(
      layersFile(),
      bytes => bytes.toString().replace(`"id":"${records[0]}"`, `"id":"${records[0]}","parent":"${records[1]}"`),
      () => fails(/^STORE_UNREADABLE$/),
    ))

  it('in a layer that is gone', () =>
    changed(
      layersFile(),
      bytes => JSON.stringify(JSON.parse(bytes.toString()).slice(1)),
      () => fails(/^STORE_UNREADABLE$/),
    ))

  it('in its list of images', () =>
    changed(
      join(root, 'overlay-images/images.json'),
      bytes => bytes.subarray(0, bytes.length - 2),
      () => fails(/^STORE_UNREADABLE$/),
    ))

  it('in its configuration, or its manifest', async () => {
    const id = demo.expected.image.id
    const images = join(root, 'overlay-images', id.slice('sha256:'.length))
    for (const name of [`=${Buffer.from(id).toString('base64')}`, 'manifest']) {
      await changed(
        join(images, name),
        bytes => `${bytes} `,
        async () => expect((await failure(by(reference()))).code).toBe('DIGEST_MISMATCH'),
      )
    }
  })

  it('in a folder that a link leads out of: it is not followed', async () => {
    await mkdir(at('host/lib/dpkg'), { recursive: true })
    await writeFile(at('host/lib/dpkg/status'), 'Package: host\n')
    const layer = statusFolder(root)
    await rename(join(layer, 'var'), at('var'))
    await symlink(at('host'), join(layer, 'var'))
    try {
      const error = await failure(by(reference()))
      expect(error.code).toBe('STORE_UNREADABLE')
      expect(error.message).toContain('/var is no folder')
    } finally {
      await rm(join(layer, 'var'))
      await rename(at('var'), join(layer, 'var'))
    }
  })

  it('in a file that has other bytes of the same number', async () => {
    const path = join(statusFolder(root), 'var/lib/dpkg/status')
    await changed(
      path,
      bytes => Buffer.alloc(bytes.length, 'x'),
      async () => {
        const error = await failure(by(reference()))
        expect(error.code).toBe('STORE_UNREADABLE')
        expect(error.message).toContain('is not the file that the engine')
      },
    )
  })

  it('is whole again afterwards', async () => demo.same(await by(reference())))

  it('is an error of both where its engine cannot read it either', async () => {
    const own = engine.variables.IMGAUDIT_PODMAN_ROOT ?? ''
    await changed(
      join(own, 'overlay-layers', `${records[0]}.tar-split.gz`),
      bytes => bytes.subarray(0, bytes.length - 20),
      async () => {
        const error = await failure(by(`podman:${tag}`, { env: { CONTAINER_HOST: engine.host } }))
        expect(error.code).toBe('ENGINE_FAILED')
        expect(error.message).toMatch(/^Podman .*; layer sha256:/)
      },
    )
  })

  it('is exported by the engine where that can read it, which is said', async () => {
    const own = engine.variables.IMGAUDIT_PODMAN_ROOT ?? ''
    await mkdir(at('user/podman'), { recursive: true })
    await symlink(engine.socket, at('user/podman/podman.sock'))
    const env = { CONTAINERS_STORAGE_CONF: at('own.conf') }
    await writeFile(at('own.conf'), `[storage]\ngraphroot = "${own}"\n`)
    const layer = statusFolder(own)
    const moved = join(layer, '../moved')
    // Podman follows the link.
    await rename(join(layer, 'var'), moved)
    await symlink(moved, join(layer, 'var'))
    try {
      for (const options of [
        { env: { CONTAINER_HOST: engine.host } },
        { env: { ...env, XDG_RUNTIME_DIR: at('user') } },
      ]) {
        const report = await by(`podman:${tag}`, options)
        expect(routesOf(report)).toEqual(['stream'])
        expect(report.notices.map(({ code }) => code)).toEqual(['layer-store-unread', 'cuda-licence'])
        expect(report.notices[0]?.message).toContain('/var is no folder')
        demo.same({ ...report, notices: report.notices.slice(1) })
      }
      const alone = await failure(by(`podman:${tag}`, { env: { ...env, XDG_RUNTIME_DIR: at('nowhere') } }))
      expect(alone.code).toBe('STORE_UNREADABLE')
      expect(alone.message).toContain('Podman does not answer')
      expect(alone.fix).toContain('podman save')
    } finally {
      await rm(join(layer, 'var'))
      await rename(moved, join(layer, 'var'))
    }
  })
})
