import { existsSync } from 'node:fs'
import { copyFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AuditOptions, audit } from '../../src/audit.ts'
import { ImgauditError } from '../../src/error.ts'
import type { Report } from '../../src/report/schema.ts'
import { chainIds } from '../../src/source/docker/root.ts'
import { ownReader, readerName } from '../../src/source/engine/reader-label.ts'
import { legacyArchive, tarOf } from '../archive.ts'
import { asUser, openSocket } from './as-user.ts'
import { comparable } from './comparable.ts'
import { type Demo, demoArchive, routesOf } from './demo.ts'
import { docker, withEngines } from './engines.ts'
import { auditOptions } from './open-options.ts'

const tag = 'imgaudit-demo:latest'

/** What Docker keeps with a graph driver, with the right to read it and without. */
await withEngines(['overlay2'], "Docker's layer store", engine => {
  let demo: Demo
  let folder: string
  let expected: Report
  let root: string
  let chain: readonly string[]

  const by = (reference: string, options: Partial<AuditOptions> = {}) =>
    audit(reference, auditOptions({ env: { DOCKER_HOST: engine.host }, ...options }))
  const containers = () => docker(engine, 'ps', '-a', '--no-trunc', '--format', '{{.Labels}}')
  const volumes = () => docker(engine, 'volume', 'ls', '-q')
  const record = (position: number, name: string) =>
    join(root, 'image/overlay2/layerdb', (chain[position] ?? '').replace(':', '/'), name)

  beforeAll(async () => {
    demo = await demoArchive()
    folder = demo.folder
    expected = demo.expected
    await docker(engine, 'load', '-q', '-i', demo.archive)
    await openSocket(engine)
    root = (await docker(engine, 'info', '-f', '{{.DockerRootDir}}')).trim()
    chain = chainIds(expected.layers.map(layer => layer.diffId))
  })
  afterAll(async () => {
    await docker(engine, 'rmi', '-f', tag)
    await demo.remove()
  })

  it('is read where it lies by root', async () => {
    const report = await by(tag)
    expect(routesOf(report)).toEqual(['layer-store'])
    demo.same(report)
  })

  it('is read through the API alone by everybody else, and nothing stays behind', async () => {
    const before = await volumes()
    const report = await asUser(() => by(tag))
    expect(routesOf(report)).toEqual(['layer-store'])
    demo.same(report)
    expect(await containers()).toBe('')
    expect(await volumes()).toBe(before)
  })

  it('is left alone by --no-layer-store, and by --verify, which must see every byte', async () => {
    for (const options of [{ layerStore: false }, { verify: true }]) {
      const report = await by(tag, options)
      expect(report.layers.every(layer => layer.route === 'stream' && layer.verified)).toBe(true)
      demo.same(report)
    }
  })

  describe('an image with volumes, and without a command', () => {
    const name = 'imgaudit-test-volumes:1'
    const relative = 'imgaudit-test-volumes:relative'
    beforeAll(async () => {
      await build(name, 'VOLUME ["/usr", "/usr/", "/usr/lib/below", "/a/../opt//new"]')
      await build(relative, 'VOLUME ["usr"]')
    })
    afterAll(() => docker(engine, 'rmi', '-f', name, relative))
    const build = async (image: string, volumes: string) => {
      await writeFile(join(folder, 'Dockerfile'), `FROM ${tag}\n${volumes}\nENTRYPOINT []\nCMD []\n`)
      await docker(engine, 'build', '-q', '-t', image, '-f', join(folder, 'Dockerfile'), join(folder))
    }

    it('has no volume made of it', async () => {
      const before = await volumes()
      const report = await asUser(() => by(name))
      expect(report.notices.filter(({ code }) => code === 'layer-store-unread')).toEqual([])
      expect(routesOf(report)).toEqual(['layer-store'])
      expect(report.size.files).toBe(expected.size.files)
      expect(await volumes()).toBe(before)
    })

    it('of which one would be copied is exported', async () => {
      const report = await asUser(() => by(relative))
      expect(routesOf(report)).toEqual(['stream'])
      expect(report.notices.find(({ code }) => code === 'layer-store-unread')?.message).toContain('"usr"')
    })
  })

  it('gives what has another name in a folder that comes first', async () => {
    const packages = 'usr/lib/python3/dist-packages'
    const metadata = (name: string) => Buffer.from(`Metadata-Version: 2.1\nName: ${name}\nVersion: 1\n`)
    const layer = await tarOf([
      [`${packages}/a.dist-info/METADATA`, metadata('a')],
      [`${packages}/a.dist-info/RECORD`, Buffer.from('a/x.py,,\n')],
      [`${packages}/z.dist-info/METADATA`, metadata('z')],
      [`${packages}/z.dist-info/RECORD`, Buffer.from('z/x.py,,\n')],
      [`${packages}/a.dist-info/LICENSE`, { hardlink: `${packages}/z.dist-info/METADATA` }],
    ])
    const path = join(folder, 'linked.tar')
    await writeFile(path, await legacyArchive({ layers: [layer], name: 'imgaudit-test-linked:1' }))
    await docker(engine, 'load', '-q', '-i', path)
    const report = await asUser(() => by('imgaudit-test-linked:1'))
    await docker(engine, 'rmi', '-f', 'imgaudit-test-linked:1')
    expect(routesOf(report)).toEqual(['layer-store'])
    expect(report.packages.map(({ name }) => name).sort()).toEqual(['a', 'z'])
    expect(comparable(report)).toEqual(comparable(await by(path)))
  })

  describe('a container that a killed run left', () => {
    const make = async (of: string, named: string, ...labels: string[]) =>
      (await docker(engine, 'create', '--name', named, ...labels, of, 'never')).trim()
    const labelled = (owner: string, named = readerName()) =>
      make(tag, named, '--label', `dev.imgaudit.reader=${owner} ${named}`)
    it('is removed by the next run; that of one that runs is not, nor anybody else’s', async () => {
      const own = ownReader()
      const [machine, pid, start] = own.split(' ')
      const killed = `${machine} ${pid} ${Number(start) - 1}`
      const dead = await labelled(killed)
      const running = await labelled(own)
      const elsewhere = await labelled('another-machine 1 1')
      // What is made of such a container has its label.
      const image = (await docker(engine, 'commit', dead)).trim()
      const others = await make(image, 'imgaudit-test-other')
      await asUser(() => by(tag))
      const left = await docker(engine, 'ps', '-aq', '--no-trunc')
      expect(left).not.toContain(dead)
      for (const id of [running, elsewhere, others]) {
        expect(left).toContain(id)
        await docker(engine, 'rm', id)
      }
      await docker(engine, 'rmi', image)
    })
  })

  it('leaves no container when the run is interrupted, at any moment', async () => {
    for (const after of [0, 5, 20, 60, 120, 200]) {
      const abort = new AbortController()
      const reading = asUser(() => by(tag, { signal: abort.signal }))
      setTimeout(() => abort.abort(), after)
      const error = await reading.then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      if (error !== undefined && !abort.signal.aborted) throw error
      expect(await containers()).toBe('')
    }
  })

  describe('damaged', () => {
    const damaged = async (path: string, change: (path: string) => Promise<void>, check: () => Promise<void>) => {
      const copy = join(folder, 'copy')
      await copyFile(path, copy)
      try {
        await change(path)
        await check()
      } finally {
        await copyFile(copy, path)
      }
    }
    const positions = () => expected.layers.map(layer => layer.index).filter(index => index % 3 === 0)

    it('by a size that is not that of the record: the export is right, and it is said why it was used', async () => {
      for (const position of positions()) {
        const check = async () => {
          for (const report of [await by(tag), await asUser(() => by(tag))]) {
            expect(routesOf(report)).toEqual(['stream'])
            expect(report.notices.map(({ code }) => code)).toContain('layer-store-unread')
            expect(report.size).toEqual(expected.size)
            expect(report.savings).toEqual(expected.savings)
          }
        }
        await damaged(record(position, 'size'), path => writeFile(path, '12345678'), check)
      }
    })

    it('by a diff ID, a cache ID or a record that is gone: the right answer or one clear error', async () => {
      const changes = [
        ['diff', `sha256:${'0'.repeat(64)}`],
        ['cache-id', 'gone'],
        ['cache-id', '../../../../etc'],
        ['tar-split.json.gz', ''],
        ['tar-split.json.gz', 'no gzip'],
      ] as const
      for (const [name, content] of changes) {
        const check = async () => {
          for (const reading of [() => by(tag), () => asUser(() => by(tag))]) {
            const report = await reading().catch((error: unknown) => error)
            if (report instanceof ImgauditError) expect(report.exitCode).toBe(3)
            else expect((report as Report).savings).toEqual(expected.savings)
          }
        }
        await damaged(record(2, name), path => writeFile(path, content), check)
      }
    })

    it('by a file that is another than its record says: never read as if it were that', async () => {
      const { stdout: top } = {
        stdout: (await docker(engine, 'image', 'inspect', '-f', '{{json .GraphDriver.Data}}', tag)).trim(),
      }
      const { UpperDir, LowerDir } = JSON.parse(top) as { UpperDir: string; LowerDir: string }
      const status = [UpperDir, ...LowerDir.split(':')].map(at => join(at, 'var/lib/dpkg/status')).filter(existsSync)
      expect(status.length).toBeGreaterThan(0)
      const path = status[0] ?? ''
      const { size } = await stat(path)
      const check = async () => {
        for (const reading of [() => by(tag), () => asUser(() => by(tag))]) {
          const report = await reading().catch((error: unknown) => error)
          expect(report).toBeInstanceOf(ImgauditError)
          expect(report).toMatchObject({ exitCode: 3 })
        }
      }
      await damaged(path, () => writeFile(path, Buffer.alloc(size, 'x')), check)
    })
  })
})
