import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Filesystem } from '../../src/image/filesystem.ts'
import { Layout, named } from '../archive.ts'
import { missing } from '../bytes/tools.ts'
import { unpackable } from '../loadable.ts'
import { wideStack } from '../wide-stack.ts'
import { shownStack, wideIndex, wideTar } from '../wide-tar.ts'
import { differences } from './compared.ts'
import { umoci } from './engines.ts'
import { visibleTrees } from './visible-trees.ts'

const seed = Number(process.env.SEED ?? 20_261_121)
const count = Math.ceil(Number(process.env.STACKS ?? 700) / 7)
/** Stacks of one test. */
const batch = 25

/** Where overlayfs decides what we say, and umoci does otherwise or refuses. */
const doubtful = ['below-link', 'dangling-hard-link']

describe.skipIf(missing('umoci') || process.getuid?.() !== 0)(`umoci, on ${count} random stacks (SEED=${seed})`, () => {
  const stacks = fc.sample(wideStack, { seed, numRuns: count }).map(unpackable)
  let folder: string
  const compared = { same: 0, refused: 0, doubtful: 0 }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'imgaudit-umoci-'))
    const layout = new Layout()
    for (const [at, layers] of stacks.entries())
      layout.manifests.push(named(layout.image({ layers: layers.map(wideTar) }), `stack-${at}`))
    layout.write(join(folder, 'layout'))
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  for (let from = 0; from < count; from += batch) {
    it(`unpacks what we say, stacks ${from} to ${Math.min(count, from + batch) - 1}`, async () => {
      const unpacked: number[] = []
      for (let at = from; at < Math.min(count, from + batch); at++) if (await unpack(at)) unpacked.push(at)
      const trees = await visibleTrees(unpacked.map(at => join(folder, `${at}/rootfs`)))
      for (const [index, tree] of trees.entries()) await compare(unpacked[index] ?? 0, tree)
    })
  }

  it('takes most of them', () => {
    expect(compared.same, JSON.stringify(compared)).toBeGreaterThan(count / 2)
  })

  /** False where umoci refuses the stack, as it does a hard link to what a marker removed before. */
  async function unpack(at: number): Promise<boolean> {
    try {
      await umoci('unpack', '--image', `${join(folder, 'layout')}:stack-${at}`, join(folder, String(at)))
      return true
    } catch {
      compared.refused++
      return false
    }
  }

  async function compare(at: number, tree: Parameters<typeof differences>[2]): Promise<void> {
    const layers = stacks[at] ?? []
    const indexes = await Promise.all(layers.map(layer => wideIndex(wideTar(layer), at)))
    const filesystem = new Filesystem(indexes.map((index, position) => ({ position, index })))
    if (filesystem.notices.some(({ code }) => doubtful.includes(code))) {
      compared.doubtful++
      return
    }
    // umoci leaves a folder the time at which it last put something into it.
    const found = differences(layers, filesystem, tree, { folderAttributes: false })
    expect(found, `stack ${at}\n${shownStack(layers)}`).toEqual([])
    compared.same++
  }
})
