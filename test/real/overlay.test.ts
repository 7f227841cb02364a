import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import fc from 'fast-check'
import { pack } from 'tar-stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Filesystem } from '../../src/image/filesystem.ts'
import { applied } from '../applied.ts'
import { configDocument, type Fixture, type LayerData, layerTar, openFixture } from '../fixture.ts'
import { stack } from '../random-stack.ts'
import { docker, run, withEngines } from './engines.ts'

const seed = Number(process.env.SEED ?? 20_261_121)
const count = 60

/** Stacks that the engine can load: something to make a container of, and whiteouts of what is there alone (it makes
 *  folders for the others). */
const stacks = fc.sample(stack, { seed, numRuns: count }).map(layers => {
  const loadable: LayerData[] = [{ add: { '/first': 1 } }]
  for (const layer of layers) {
    const below = applied(loadable)
    const remove = layer.remove?.filter(
      path => path in below && !layer.remove?.some(above => path.startsWith(`${above}/`)),
    )
    loadable.push({ ...layer, remove: remove ?? [] })
  }
  return loadable
})

await withEngines(['overlay2'], `overlayfs, on ${count} random stacks (SEED=${seed})`, engine => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'imgaudit-overlay-'))
    await writeArchive(
      join(folder, 'stacks.tar'),
      stacks.map(layers => ({ config: {}, layers })),
    )
    await docker(engine, 'load', '-q', '-i', join(folder, 'stacks.tar'))
  })

  afterAll(async () => {
    await docker(engine, 'rmi', '-f', ...stacks.map((_, index) => `stack:${index}`))
    await rm(folder, { recursive: true, force: true })
  })

  it.each(stacks.map((layers, index) => ({ layers, index })))(
    'shows what we say, stack %#',
    async ({ layers, index }) => {
      const image = await openFixture({ config: {}, layers })
      const filesystem = new Filesystem(image.layers)
      const size = Number(await docker(engine, 'image', 'inspect', '-f', '{{.Size}}', `stack:${index}`))
      expect(
        image.layers.reduce((sum, layer) => sum + layer.index.files, 0),
        'the engine’s Size',
      ).toBe(size)
      const container = (await docker(engine, 'create', '--network=none', `stack:${index}`, '/first')).trim()
      try {
        const exported = join(folder, `${index}.tar`)
        await docker(engine, 'export', '-o', exported, container)
        const names = (await run('tar', ['tf', exported])).trim().split('\n')
        expect(shown(filesystem)).toEqual(ours(names))
      } finally {
        await docker(engine, 'rm', '-f', container)
      }
    },
  )
})

/** Every path that the image shows, folders with a slash behind; folders that only entries below them make included. */
function shown(filesystem: Filesystem): string[] {
  const paths = new Set<string>()
  for (let id = 0; id < filesystem.count; id++) {
    if (!filesystem.visible(id)) continue
    const path = filesystem.path(id).slice(1)
    paths.add(filesystem.kind(id) === 'directory' ? `${path}/` : path)
    for (let cut = path.lastIndexOf('/'); cut > 0; cut = path.lastIndexOf('/', cut - 1))
      paths.add(path.slice(0, cut + 1))
  }
  return [...paths].sort()
}

/** A container brings folders and files of its own. */
function ours(names: readonly string[]): string[] {
  return names.filter(name => !/^(\.dockerenv|dev\/|etc\/|proc\/|sys\/)/.test(name)).sort()
}

/** One archive of many images, as `docker save` of Docker 20.10 lays it out, each layer once. */
async function writeArchive(path: string, fixtures: readonly Fixture[]): Promise<void> {
  const archive = pack()
  const written = pipeline(archive, createWriteStream(path))
  const manifest: unknown[] = []
  const known = new Set<string>()
  for (const [index, fixture] of fixtures.entries()) {
    const tars = await Promise.all(fixture.layers.map(layerTar))
    const names = tars.map(tar => `${sha256(tar)}/layer.tar`)
    const config = configDocument(
      fixture,
      tars.map(tar => `sha256:${sha256(tar)}`),
    )
    for (const tar of tars) {
      const name = `${sha256(tar)}/layer.tar`
      if (!known.has(name)) archive.entry({ name }, tar)
      known.add(name)
    }
    const Config = `${sha256(config)}.json`
    if (!known.has(Config)) archive.entry({ name: Config }, config)
    known.add(Config)
    manifest.push({ Config, RepoTags: [`stack:${index}`], Layers: names })
  }
  archive.entry({ name: 'manifest.json' }, JSON.stringify(manifest))
  archive.finalize()
  await written
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
