import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  lchownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { writablePath } from '../../src/cli/output-file.ts'
import { FolderContents } from '../../src/source/layer/folder-contents.ts'
import { hex, json, Layout, layerTar, named } from '../archive.ts'
import { missing } from '../bytes/tools.ts'
import { imgaudit } from '../cli/imgaudit.ts'
import { failure, open, scratch } from '../source/open.ts'

/** A name in an archive of the host, which nobody may learn. */
const marker = 'host-payroll-2026'
let host: Buffer
let layer: Buffer

beforeAll(async () => {
  host = await layerTar({ [`home/${marker}.ods`]: 'x'.repeat(5000) })
  layer = await layerTar({ 'opt/a': 'x'.repeat(5000) })
})

interface Planted {
  /** The folder of the layout. */
  readonly folder: string
  /** What it has to lead out of. */
  readonly outside: string
  /** Names of the blobs, in it. */
  readonly config: string
  readonly layer: string
  readonly manifest: string
}

/** An OCI layout of one plain layer. */
function layout(tar = layer): Planted {
  const outside = scratch()
  const folder = join(outside, 'layout')
  const made = new Layout()
  made.manifests.push(
    named(
      made.image({ layers: [tar] }, plain => plain),
      '1',
    ),
  )
  made.write(folder)
  writeFileSync(join(outside, 'host.tar'), host)
  const blobs = [...made.blobs.values()]
  const [config = '', first = '', manifest = ''] = blobs.map(blob => join('blobs/sha256', hex(blob)))
  return { folder, outside, config, layer: first, manifest }
}

/** Puts a link where a file was. */
function replace(folder: string, name: string, to: string): void {
  rmSync(join(folder, name))
  symlinkSync(to, join(folder, name))
}

describe('a layout whose files are links', () => {
  it('is read where they stay in its folder', async () => {
    const { folder, layer: name } = layout()
    renameSync(join(folder, name), join(folder, 'blobs/one'))
    symlinkSync('../one', join(folder, name))
    expect((await open(`oci:${folder}`)).layers).toHaveLength(1)
  })

  it('is read where the folder itself is one', async () => {
    const { folder, outside } = layout()
    symlinkSync(folder, join(outside, 'current'))
    expect((await open(`oci:${join(outside, 'current')}`)).layers).toHaveLength(1)
  })

  it.each(['layer', 'config', 'manifest'] as const)(
    'is refused where its %s leads out, and nothing is told of what is there',
    async part => {
      const planted = layout()
      for (const to of [join(planted.outside, 'host.tar'), '../../../host.tar', '/etc/passwd']) {
        replace(planted.folder, planted[part], to)
        const { code, stdout, stderr } = await imgaudit(planted.outside, ['oci:layout', '--no-cache'])
        expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
        expect(stderr).toContain('is a link that leads out of this folder')
        expect(stderr).toContain(`cp -rL ${planted.folder} <copy>`)
        expect(stderr).not.toContain(marker)
        expect(stderr).not.toContain(hex(host))
        expect(stderr).not.toContain('root:')
      }
    },
  )

  it('is refused where its index.json or a folder leads out', async () => {
    const planted = layout()
    writeFileSync(join(planted.outside, 'secret.json'), json({ manifests: [{ digest: marker }] }))
    replace(planted.folder, 'index.json', '../secret.json')
    const { message } = await failure(open(`oci:${planted.folder}`))
    expect(message).toContain('index.json in')
    expect(message).not.toContain(marker)
    const other = layout()
    renameSync(join(other.folder, 'blobs'), join(other.outside, 'blobs'))
    symlinkSync('../blobs', join(other.folder, 'blobs'))
    expect((await failure(open(`oci:${other.folder}`))).code).toBe('FILE_UNREADABLE')
  })

  it('misses what a link to nothing, or to itself, stands for', async () => {
    const planted = layout()
    for (const to of ['/none/at/all', hex(layer)]) {
      replace(planted.folder, planted.layer, to)
      expect((await failure(open(`oci:${planted.folder}`))).code).toBe('BLOB_MISSING')
    }
  })

  it('is taken for whole with hard links, which nobody makes to what is not theirs', async () => {
    const planted = layout()
    renameSync(join(planted.folder, planted.layer), join(planted.outside, 'shared'))
    linkSync(join(planted.outside, 'shared'), join(planted.folder, planted.layer))
    expect((await open(`oci:${planted.folder}`)).layers).toHaveLength(1)
  })
})

describe('a pipe, a device or a folder in the place of a file', () => {
  it.skipIf(missing('mkfifo')).each(['index.json', 'layer', 'config', 'manifest'] as const)(
    'is refused as %s of a layout, and not waited for',
    async part => {
      const planted = layout()
      const name = part === 'index.json' ? part : planted[part]
      rmSync(join(planted.folder, name))
      execFileSync('mkfifo', [join(planted.folder, name)])
      expect((await failure(open(`oci:${planted.folder}`))).code).toBe('FILE_UNREADABLE')
      rmSync(join(planted.folder, name))
      mkdirSync(join(planted.folder, name))
      expect((await failure(open(`oci:${planted.folder}`))).code).toBe('FILE_UNREADABLE')
      rmSync(join(planted.folder, name), { recursive: true })
      symlinkSync('/dev/zero', join(planted.folder, name))
      expect((await failure(open(`oci:${planted.folder}`))).code).toBe('FILE_UNREADABLE')
    },
  )

  it.skipIf(missing('mkfifo'))('is refused in a store of containers/storage, and not waited for', async () => {
    const root = scratch()
    const reference = `containers-storage:[overlay@${root}]app`
    mkdirSync(join(root, 'overlay-images/0a'), { recursive: true })
    execFileSync('mkfifo', [join(root, 'overlay-images/images.json')])
    expect((await failure(open(reference))).code).toBe('STORE_UNREADABLE')
    rmSync(join(root, 'overlay-images/images.json'))
    writeFileSync(
      join(root, 'overlay-images/images.json'),
      json([{ id: '0a', names: ['docker.io/library/app:latest'] }]),
    )
    execFileSync('mkfifo', [join(root, 'overlay-images/0a/manifest')])
    expect((await failure(open(reference))).code).toBe('STORE_UNREADABLE')
  })
})

describe('a layer of a store', () => {
  it('is no link to another folder', async () => {
    const root = scratch()
    mkdirSync(join(root, 'elsewhere/etc'), { recursive: true })
    writeFileSync(join(root, 'elsewhere/etc/os-release'), 'ID=host\n')
    symlinkSync('elsewhere', join(root, 'diff'))
    const image = await open(`oci:${layout(await layerTar({ 'etc/os-release': 'ID=host\n' })).folder}`)
    const [only] = image.layers
    if (only === undefined) throw new Error('no layer')
    const ordinal = [...Array(only.index.entries.length).keys()].find(
      at => only.index.entries.path(at) === '/etc/os-release',
    )
    const readers = new Map([[ordinal ?? -1, { push: () => Number.POSITIVE_INFINITY, end: () => undefined }]])
    const read = (folder: string) =>
      new FolderContents(new Map([[only.index.diffId, join(root, folder)]])).read([{ index: only.index, readers }])
    await read('elsewhere')
    expect((await failure(read('diff'))).code).toBe('STORE_UNREADABLE')
  })
})

describe('an output file', () => {
  it('is written where a link leads that is this user’s own', async () => {
    const folder = scratch()
    chmodSync(folder, 0o1777)
    symlinkSync('real.json', join(folder, 'a.json'))
    expect(await writablePath('a.json', folder)).toBe(join(folder, 'real.json'))
  })

  it.skipIf(process.getuid?.() !== 0)(
    'is not written through a link that another user has put into a folder of all',
    async () => {
      const folder = scratch()
      const [shared, own] = [join(folder, 'shared'), join(folder, 'own')]
      for (const name of [shared, own]) {
        mkdirSync(name)
        symlinkSync(join(folder, 'mine.json'), join(name, 'a.json'))
        lchownSync(join(name, 'a.json'), 12345, 12345)
        symlinkSync(join(name, 'a.json'), join(name, 'b.json'))
      }
      chmodSync(shared, 0o1777)
      for (const name of ['a.json', 'b.json']) {
        expect((await failure(writablePath(name, shared))).code).toBe('OUTPUT_FAILED')
        expect(await writablePath(name, own)).toBe(join(folder, 'mine.json'))
      }
    },
  )
})

describe('what is written', () => {
  it('is for this user alone in the cache, whatever the umask', async () => {
    const cwd = scratch()
    const made = new Layout()
    made.manifests.push(named(made.image({ layers: [layer] }), '1'))
    made.write(join(cwd, 'layout'))
    const before = process.umask(0)
    try {
      const env = { XDG_CACHE_HOME: join(cwd, 'cache') }
      expect((await imgaudit(cwd, ['oci:layout'], { env })).code).toBe(0)
    } finally {
      process.umask(before)
    }
    const folder = join(cwd, 'cache/imgaudit/layers')
    const modes = [join(cwd, 'cache/imgaudit'), folder, ...readdirSync(folder).map(name => join(folder, name))].map(
      path => (statSync(path).mode & 0o777).toString(8),
    )
    expect(modes.length).toBeGreaterThan(2)
    expect(modes).toEqual(['700', '700', ...modes.slice(2).map(() => '600')])
  })
})
