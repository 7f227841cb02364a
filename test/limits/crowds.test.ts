import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Report } from '../../src/report/schema.ts'
import { crowds } from './crowds.ts'
import { endMarker } from './headers.ts'
import { type Chunks, LayoutFolder } from './layout.ts'
import { Program } from './program.ts'

/** So many of each: what takes a step for each pair of them would take hours. */
const count = 100_000

let program: Program
beforeAll(() => {
  program = Program.build()
}, 120_000)
afterAll(() => program[Symbol.dispose]())

let images = 0
async function report(...layers: readonly Chunks[]): Promise<Report> {
  const folder = join(program.folder, `image-${images++}`)
  mkdirSync(folder)
  const layout = new LayoutFolder(folder)
  const written = []
  for (const layer of layers) written.push(await layout.layer([...layer, endMarker], 'plain'))
  layout.image(written)
  const { code, stdout, stderr, mebibytes } = await program.run([`oci:${folder}`, '-f', 'json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(mebibytes).toBeLessThan(600)
  return JSON.parse(stdout)
}

describe('a crowd is no product of itself', () => {
  it('of hard links to one content, removed by a later layer', async () => {
    const { size, causes } = await report(crowds.hardLinks(count), crowds.whiteout)
    expect(size).toMatchObject({ files: 5, hidden: 5 })
    expect(causes).toContainEqual(expect.objectContaining({ cause: 'removed-later', bytes: 5 }))
  })

  it('of hard links that are written twice', async () => {
    const { causes } = await report(crowds.hardLinks(count), crowds.hardLinks(count))
    expect(causes).toContainEqual(expect.objectContaining({ cause: 'rewritten', bytes: 5 }))
  })

  it('of hard links that lead in a circle', async () => {
    const { notices } = await report(crowds.circle(count))
    const dangling = notices.filter(({ code }) => code === 'dangling-hard-link')
    expect(dangling).toHaveLength(1001)
    expect(dangling.at(-1)?.message).toBe('and 99000 more, like the 1000 before')
  })

  it('of files at one path', async () => {
    const { size, layers } = await report(crowds.onePath(count, 'x'), crowds.onePath(count, 'y'))
    expect(size).toMatchObject({ files: 2 * count, hidden: 2 * count - 1 })
    expect(layers.map(layer => layer.size.hidden)).toEqual([count, count - 1])
  })

  it('of markers in one folder of many files', async () => {
    const { size } = await report(crowds.files(count), crowds.opaque(count))
    expect(size).toMatchObject({ files: count, hidden: count })
  })

  it('of files that take the place of a folder again and again', async () => {
    const { size } = await report(crowds.files(count), crowds.inPlaceOfFolder(count))
    expect(size).toMatchObject({ files: count, hidden: count })
  })
})
