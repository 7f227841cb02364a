import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { archive, file } from '../../fixtures/tar/build.ts'
import { configuration, digest, hex, json, Layout, legacyArchive, named, tarOf } from '../archive.ts'
import { failure, open, openPiped, scratch } from '../source/open.ts'
import { audited } from './ways.ts'

const layers = ['a', 'b', 'c'].map(name => archive(file(name, name.repeat(10))))
const line = (created_by: string, empty_layer = false) => ({ created_by, ...(empty_layer ? { empty_layer } : {}) })

describe('history that is not that of the layers', () => {
  it.each<[string, unknown]>([
    ['none, as nix and bazel leave it', []],
    ['null', null],
    ['one line for all, as nixery and kaniko write it', [line('nixery')]],
    ['a line that buildah dropped', [line('ADD a /'), line('RUN c')]],
    ['a WORKDIR that made a layer, marked empty', [line('ADD a /'), line('WORKDIR /b', true), line('RUN c')]],
    ['more lines than layers', [line('a'), line('b'), line('c'), line('d')]],
    ['empty lines alone', [line('ENV A=1', true)]],
  ])('leaves every instruction unknown, and shifts none: %s', async (_, history) => {
    const { report } = await audited(layers, { history })
    expect(report.layers.map(({ createdBy }) => createdBy)).toEqual([null, null, null])
    expect(report.size.files).toBe(30)
  })

  it('is that of each layer where the numbers agree', async () => {
    const history = [line('ADD a /'), line('ENV A=1', true), line('WORKDIR /b'), line('RUN c'), line('CMD d', true)]
    const { report } = await audited(layers, { history })
    expect(report.layers.map(({ createdBy }) => createdBy)).toEqual(['ADD a /', 'WORKDIR /b', 'RUN c'])
  })

  it('may have lines that say nothing: those alone are unknown', async () => {
    const { report } = await audited(layers, { history: [{}, line('COPY b /'), { created: '2026-01-01T00:00:00Z' }] })
    expect(report.layers.map(({ createdBy }) => createdBy)).toEqual([null, 'COPY b /', null])
  })
})

describe('an image of Windows', () => {
  const files = archive(file('Files/Windows/System32/cmd.exe', 'x'), file('Hives/System_Base', 'y'))
  const windows = { os: 'windows', 'os.version': '10.0.19042.985' }

  it('is called that, whatever else it lacks: blobs of its foreign base, diff IDs', async () => {
    const foreign = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'
    const layout = new Layout()
    const rootfs = { type: 'layers', diff_ids: [digest(files), digest(files)] }
    const config = layout.add(json({ ...windows, architecture: 'amd64', rootfs }))
    const base = { mediaType: foreign, digest: digest(Buffer.from('left at Microsoft')), size: 1_700_000_000 }
    const own = { mediaType: foreign, ...layout.add(gzipSync(files)) }
    layout.manifests.push(named(layout.add(json({ schemaVersion: 2, config, layers: [base, own] })), 'app:1'))
    const path = join(scratch(), 'layout')
    layout.write(path)
    // Windows' own tools write these keys in their own case.
    const { rootfs: _, ...bare } = JSON.parse(String(configuration({ layers: [files], config: windows })))
    const odd = json({ ...bare, rootfS: { type: 'layers', diff_ids: [digest(files)] } })
    const manifest = [{ Config: `${hex(odd)}.json`, RepoTags: [], Layers: ['layer.tar'] }]
    const mini = await tarOf([
      ['layer.tar', files],
      [`${hex(odd)}.json`, odd],
      ['manifest.json', json(manifest)],
    ])
    const errors = [
      await failure(open(path)),
      await failure(openPiped(await tarOf(layout.parts()))),
      await failure(openPiped(mini)),
      await failure(openPiped(await legacyArchive({ layers: [], config: windows }))),
    ]
    for (const error of errors) {
      expect([error.code, error.exitCode]).toEqual(['WINDOWS_IMAGE', 3])
      expect(error.fix).toContain('Linux image')
    }
  })

  it('beside one of Linux is no hindrance', async () => {
    const layout = new Layout()
    const linux = layout.image({ layers })
    const other = layout.image({ layers: [files], config: windows })
    const platform = { os: 'windows', architecture: 'amd64' }
    layout.manifests.push(named(layout.index([{ ...other, platform }, linux]), 'app:1'))
    const image = await openPiped(await tarOf(layout.parts()), { platform: 'linux/amd64' })
    expect(image.layers).toHaveLength(3)
  })

  it('has what an image of Linux may have: a foreign layer without its blob is named, not passed over', async () => {
    const layout = new Layout()
    const [own = Buffer.alloc(0)] = layers
    const rootfs = { type: 'layers', diff_ids: [digest(files), digest(own)] }
    const config = layout.add(json({ os: 'linux', architecture: 'amd64', rootfs }))
    const mediaType = 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip'
    const base = { mediaType, digest: digest(Buffer.from('elsewhere')), size: 1000 }
    const descriptors = [base, { mediaType: '', ...layout.add(own) }]
    layout.manifests.push(named(layout.add(json({ schemaVersion: 2, config, layers: descriptors })), 'app:1'))
    const path = join(scratch(), 'layout')
    layout.write(path)
    for (const error of [await failure(open(path)), await failure(openPiped(await tarOf(layout.parts())))]) {
      expect(error.code).toBe('BLOB_MISSING')
      expect(error.message).toContain(base.digest.slice('sha256:'.length))
    }
  })
})
