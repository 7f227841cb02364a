import { createHash } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gzipBomb, zstdBomb } from '../limits/blobs.ts'
import { emptyFiles, endMarker, header, member, pax } from '../limits/headers.ts'
import { LayoutFolder } from '../limits/layout.ts'
import { Program } from '../limits/program.ts'

/** Bombs of full size under the usual limits, and large layers that are none; up to half an hour, and 2 GB of disk. */
let program: Program
beforeAll(() => {
  program = Program.build()
})
afterAll(() => program[Symbol.dispose]())

let images = 0
function newLayout(): LayoutFolder {
  const folder = join(program.folder, `image-${images++}`)
  mkdirSync(folder)
  return new LayoutFolder(folder)
}

const gibibyte = 64 // pieces of 16 MiB

describe('layers that unpack to much', () => {
  it.each([
    ['gzip', gzipBomb],
    ['zstd', zstdBomb],
  ])('are read where that is 20 GB of a model: %s', async (_, bomb) => {
    const noise = Buffer.concat(Array.from({ length: 64 }, (_, at) => createHash('sha256').update(`${at}`).digest()))
    const size = 20 * gibibyte * 2 ** 24 - 2 * 2 ** 24
    const beginning = Buffer.concat([header({ name: 'model.bin', size: size + noise.length }), noise])
    const layout = newLayout()
    layout.image([layout.packed(bomb(beginning, 20 * gibibyte))])
    const { code, stderr, stdout, mebibytes } = await program.run([`oci:${layout.folder}`, '-f', 'json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout).size.files).toBe(size + noise.length)
    expect(mebibytes).toBeLessThan(400)
  })

  it('are read where a sparse file says that it has a petabyte', async () => {
    const layout = newLayout()
    const map = { 'GNU.sparse.major': '0', 'GNU.sparse.minor': '1', 'GNU.sparse.size': '1125899906842624' }
    const disk = [pax({ ...map, 'GNU.sparse.map': '4096,3' }), member({ name: 'disk.img' }, 'abc'), endMarker]
    layout.image([await layout.layer(disk)])
    expect((await program.run([`oci:${layout.folder}`])).code).toBe(0)
  })

  it.each([
    ['gzip', gzipBomb],
    ['zstd', zstdBomb],
  ])('end at 100 GB where they are bombs: %s', async (_, bomb) => {
    const layout = newLayout()
    const pieces = 100 * gibibyte
    layout.image([layout.packed(bomb(header({ name: 'zeros', size: (pieces - 1) * 2 ** 24 }), pieces))])
    const { code, stderr, mebibytes } = await program.run([`oci:${layout.folder}`])
    expect(stderr).toContain('--limit unpacked=500GB')
    expect(code).toBe(3)
    expect(mebibytes).toBeLessThan(400)
    rmSync(layout.folder, { recursive: true })
  })
})

describe('entries by the million', () => {
  const million = 1_000_000

  it('end at five million, from a pipe and in a blob', async () => {
    const piped = await program.run(['-'], { stdin: emptyFiles(10 * million), heap: 2000 })
    expect(piped.stderr).toContain('--limit entries=20M')
    expect(piped.mebibytes).toBeLessThan(2500)
    const layout = newLayout()
    layout.image([await layout.layer(emptyFiles(10 * million))])
    const blob = await program.run([`oci:${layout.folder}`], { heap: 512 })
    expect(blob.stderr).toContain('--limit entries=20M')
    expect(blob.mebibytes).toBeLessThan(1000)
  })

  it.each([['table'], ['json'], ['markdown'], ['sarif'], ['github'], ['gitlab'], ['junit']])(
    'are written as %s',
    async format => {
      const layout = newLayout()
      layout.image([await layout.layer([...emptyFiles(million, { prefix: 'd/f' }), endMarker])])
      const { code, stderr, mebibytes } = await program.run([`oci:${layout.folder}`, '-f', format])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(mebibytes).toBeLessThan(600)
      rmSync(layout.folder, { recursive: true })
    },
  )
})
