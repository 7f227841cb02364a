import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Filesystem } from '../../src/image/filesystem.ts'
import type { LayerIndex } from '../../src/image/layer-index.ts'
import { digest } from '../archive.ts'
import { loadable } from '../loadable.ts'
import { wideLayer } from '../wide-stack.ts'
import { shownStack, wideIndex, wideTar } from '../wide-tar.ts'
import { differences } from './compared.ts'
import { docker, withEngines } from './engines.ts'
import { writeImages } from './stacks-archive.ts'
import { visibleTrees } from './visible-trees.ts'

const seed = Number(process.env.SEED ?? 20_261_121)
const count = Number(process.env.STACKS ?? 700)
/** Layers that the engine unpacks, each as the uppermost of one image: it takes 0.1 s for one, a mount 0.01 s. */
const unpacked = Math.min(1500, Math.ceil(count / 4))
/** Stacks of one test: so many are mounted and compared at once. */
const batch = 100

const layers = fc.sample(wideLayer, { seed, numRuns: unpacked }).map(loadable)

/** Numbers of layers, base first. The first stacks are images of the engine, of which many share what lies below. */
const stacks: readonly (readonly number[])[] = chosen()

function chosen(): number[][] {
  const pick = fc.sample(fc.noBias(fc.nat()), { seed, numRuns: unpacked + count * 8 })
  const next = (below: number) => (pick.pop() ?? 0) % below
  const images: number[][] = []
  for (let layer = 0; layer < unpacked; layer++) {
    const below = layer < 10 ? [] : (images[next(layer)] ?? [])
    images.push([...(below.length < 6 ? below : below.slice(0, 1)), layer])
  }
  const others = Array.from({ length: count - unpacked }, () =>
    Array.from({ length: 2 + next(5) }, () => next(unpacked)),
  )
  return [...images, ...others.map(stack => [...new Set(stack)])]
}

await withEngines(['overlay2'], `overlayfs, on ${count} random stacks (SEED=${seed} STACKS=${count})`, engine => {
  let folder: string
  const tars = layers.map(wideTar)
  const tags = layers.map((_, layer) => `stack:${seed}-${layer}`)
  const images = stacks.slice(0, unpacked)
  let facts: readonly Inspected[]
  /** By number of a layer. */
  let folders: readonly string[]
  let indexes: readonly LayerIndex[]

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'imgaudit-overlay-'))
    const named = images.map((stack, image) => ({
      name: tags[image] ?? '',
      layers: stack.map(layer => tars[layer] ?? Buffer.alloc(0)),
    }))
    await writeImages(join(folder, 'stacks.tar'), named)
    await docker(engine, 'load', '-q', '-i', join(folder, 'stacks.tar'))
    facts = JSON.parse(await docker(engine, 'image', 'inspect', ...tags))
    indexes = await Promise.all(tars.map(wideIndex))
    folders = facts.map(({ GraphDriver }) => GraphDriver.Data.UpperDir)
  })

  afterAll(async () => {
    await docker(engine, 'rmi', '-f', ...tags)
    await rm(folder, { recursive: true, force: true })
  })

  /** A stack as the program sees it. */
  function filesystemOf(stack: readonly number[]): Filesystem {
    return new Filesystem(
      stack.map((layer, position) => {
        const index = indexes[layer]
        if (index === undefined) throw new Error(`no layer ${layer}`)
        return { position, index }
      }),
    )
  }

  it(`counts as the engine does, in ${unpacked} images and their layers`, async () => {
    for (const [image, stack] of images.entries()) {
      const ours = filesystemOf(stack).layers.map(({ index }) => index.files)
      expect(ours.at(-1), shown(stack)).toBe(await layerSize(facts[image]))
      expect(
        ours.reduce((sum, size) => sum + size, 0),
        shown(stack),
      ).toBe(facts[image]?.Size)
      const folders = lowers(facts[image])
      expect(folders.length).toBe(stack.length)
    }
  })

  for (let from = 0; from < count; from += batch) {
    it(`shows what we say, stacks ${from} to ${Math.min(count, from + batch) - 1}`, async () => {
      const some = stacks.slice(from, from + batch)
      const places = some.map((stack, at) =>
        from + at < unpacked ? lowers(facts[from + at]) : stack.map(layer => folders[layer] ?? '').reverse(),
      )
      for (const [at, tree] of (await visibleTrees(places)).entries()) {
        const stack = some[at] ?? []
        const members = stack.map(layer => layers[layer] ?? [])
        expect(differences(members, filesystemOf(stack), tree), `stack ${from + at}\n${shown(stack)}`).toEqual([])
      }
    })
  }

  function shown(stack: readonly number[]): string {
    return shownStack(stack.map(layer => layers[layer] ?? []))
  }
})

interface Inspected {
  readonly Size: number
  readonly GraphDriver: { readonly Data: { readonly UpperDir: string; readonly LowerDir?: string } }
  readonly RootFS: { readonly Layers: readonly string[] }
}

/** The folders of an image's layers, the uppermost first. */
function lowers(image: Inspected | undefined): string[] {
  const { UpperDir = '', LowerDir = '' } = image?.GraphDriver.Data ?? {}
  return [UpperDir, ...LowerDir.split(':')].filter(path => path !== '')
}

/** What the engine counts for the uppermost layer of an image, which it keeps by chain ID. */
async function layerSize(image: Inspected | undefined): Promise<number> {
  const [first = '', ...rest] = image?.RootFS.Layers ?? []
  const chain = rest.reduce((below, diffId) => digest(Buffer.from(`${below} ${diffId}`)), first)
  const root = lowers(image)[0]?.replace(/\/overlay2\/[^/]*\/diff$/, '')
  return Number(await readFile(`${root}/image/overlay2/layerdb/sha256/${chain.slice('sha256:'.length)}/size`, 'utf8'))
}
