import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Filesystem } from '../../src/image/filesystem.ts'
import { digest, Layout, named } from '../archive.ts'
import { shownStack, wideIndex, wideTar } from '../wide-tar.ts'
import { differences } from './compared.ts'
import { docker, type Engine, run, umoci, withEngines } from './engines.ts'
import { base, cases, type Verdict } from './overlay-cases.ts'
import { writeImages } from './stacks-archive.ts'
import { type Place, type VisibleTree, visibleTrees } from './visible-trees.ts'

const engineNames = ['overlay2', 'containerd', 'umoci'] as const
const tars = cases.map(({ layer }) => [wideTar(base), wideTar(layer)])
const tag = (at: number) => `overlay-case:${at}`

/** What an engine shows of each case; undefined where it refuses. */
type Trees = readonly (VisibleTree | undefined)[]

await withEngines(['overlay2', 'containerd'], 'markers, links and look-alikes, one by one', (overlay2, containerd) => {
  let folder: string
  let trees: readonly Trees[]

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'imgaudit-cases-'))
    trees = await Promise.all([
      loaded(overlay2, 0, overlay2Places),
      loaded(containerd, 1, containerdPlaces),
      unpacked(),
    ])
  })

  afterAll(async () => {
    for (const [at, engine] of [overlay2, containerd].entries()) {
      const tags = cases.flatMap(({ verdicts }, index) => (verdicts[at] === 'refused' ? [] : [tag(index)]))
      await docker(engine, 'rmi', '-f', ...tags)
    }
    await rm(folder, { recursive: true, force: true })
  })

  it.each(cases.map(({ title }, at) => ({ title, at })))('$title', async ({ at }) => {
    const { layer, verdicts, notices } = cases[at] ?? { layer: [], verdicts: [], notices: [] }
    const stack = [base, layer]
    const indexes = await Promise.all((tars[at] ?? []).map(tar => wideIndex(tar, at)))
    const filesystem = new Filesystem(indexes.map((index, position) => ({ position, index })))
    expect(filesystem.notices.map(({ code }) => code)).toEqual(notices)
    const said = engineNames.map((name, engine): string => {
      const tree = trees[engine]?.[at]
      if (tree === undefined) return 'refused'
      const found = differences(stack, filesystem, tree, { folderAttributes: name !== 'umoci' })
      return found.length === 0 ? 'same' : verdicts[engine] === 'other' ? 'other' : found.join('; ')
    })
    expect(said, shownStack(stack)).toEqual(verdicts)
  })

  /** Those that are to be taken go in as one archive; the others one by one, so that each of them is refused. */
  async function loaded(
    engine: Engine,
    which: 0 | 1,
    places: (tags: readonly string[]) => Promise<Place[]>,
  ): Promise<Trees> {
    const load = async (name: string, wanted: readonly number[]) => {
      const archive = join(folder, `${name}.tar`)
      await writeImages(
        archive,
        wanted.map(at => ({ name: tag(at), layers: tars[at] ?? [] })),
      )
      await docker(engine, 'load', '-q', '-i', archive)
    }
    const isRefused = (at: number) => cases[at]?.verdicts[which] === 'refused'
    const taken = [...cases.keys()].filter(at => !isRefused(at))
    await load(engine.name, taken)
    for (const at of [...cases.keys()].filter(isRefused)) {
      const isTaken = await load(`${engine.name}-${at}`, [at]).then(
        () => true,
        () => false,
      )
      if (isTaken) taken.push(at)
    }
    const stacked = await places(taken.map(tag))
    const found = await visibleTrees(stacked.filter(place => place.length > 0))
    const shown = new Map(
      taken.filter((_, index) => (stacked[index] ?? []).length > 0).map((at, index) => [at, found[index]]),
    )
    return cases.map((_, at) => shown.get(at))
  }

  async function unpacked(): Promise<Trees> {
    const layout = new Layout()
    for (const [at, layers] of tars.entries()) layout.manifests.push(named(layout.image({ layers }), `case-${at}`))
    layout.write(join(folder, 'layout'))
    const found: (VisibleTree | undefined)[] = []
    for (const at of tars.keys()) {
      const bundle = join(folder, `bundle-${at}`)
      const unpacking = umoci('unpack', '--image', `${join(folder, 'layout')}:case-${at}`, bundle)
      const verdict: Verdict = await unpacking.then(
        () => 'same',
        () => 'refused',
      )
      found.push(verdict === 'refused' ? undefined : (await visibleTrees([join(bundle, 'rootfs')]))[0])
    }
    return found
  }

  async function overlay2Places(tags: readonly string[]): Promise<Place[]> {
    const images: Inspected[] = JSON.parse(await docker(overlay2, 'image', 'inspect', ...tags))
    return images.map(({ GraphDriver: { Data } }) => [Data.UpperDir, ...Data.LowerDir.split(':')])
  }

  async function containerdPlaces(tags: readonly string[]): Promise<Place[]> {
    const images: Inspected[] = JSON.parse(await docker(containerd, 'image', 'inspect', ...tags))
    const listed = await ctr('snapshots', 'ls')
    const places: Place[] = []
    for (const { RootFS } of images) {
      // A snapshot is named by the chain ID of its layers. What current Docker could not unpack it has loaded all the same.
      const chain = digest(Buffer.from(RootFS.Layers.join(' ')))
      places.push(listed.includes(`${chain} `) ? await snapshotFolders(chain) : [])
    }
    return places
  }

  /** Nothing refers to a view that is not mounted, so that containerd may collect it at once. */
  async function snapshotFolders(chain: string, tries = 5): Promise<Place> {
    const view = `overlay-case-${tries}-${chain}`
    try {
      await ctr('snapshots', 'view', view, chain)
      const mount = await ctr('snapshots', 'mounts', '/', view)
      return /lowerdir=([^, \n]*)/.exec(mount)?.[1]?.split(':') ?? []
    } catch (error) {
      if (tries === 1) throw error
      return await snapshotFolders(chain, tries - 1)
    } finally {
      await ctr('snapshots', 'rm', view).catch(() => {})
    }
  }

  function ctr(...args: string[]): Promise<string> {
    const engines = process.env.IMGAUDIT_ENGINES ?? `${process.env.HOME}/.cache/imgaudit/engines`
    const own = ['--address', containerd.variables.IMGAUDIT_CONTAINERD ?? '', '--namespace', 'moby']
    return run(join(engines, 'bin/ctr'), [...own, ...args])
  }
})

interface Inspected {
  readonly GraphDriver: { readonly Data: { readonly UpperDir: string; readonly LowerDir: string } }
  readonly RootFS: { readonly Layers: readonly string[] }
}
