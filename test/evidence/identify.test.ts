import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { archive, blocks, file, gnuMagic, header, octal, pax } from '../../fixtures/tar/build.ts'
import { gather } from '../../src/evidence/gather.ts'
import type { Image } from '../../src/image/image.ts'
import { copiesAmong } from '../../src/rule/copies.ts'
import { docker25Archive, layerTar } from '../archive.ts'
import { open, openPiped, scratch } from '../source/open.ts'

const size = 1024 * 1024

/** A file of `size` bytes that stores nothing, in GNU's old format. */
function gnuHole(name: string, size: number): Buffer {
  return header({ name, flag: 'S', magic: gnuMagic, over: { 386: octal(size, 12), 483: octal(size, 12) } })
}

/** The same in PAX format 1.0, whose map stands where the content would. */
function paxHole(name: string, size: number): Buffer {
  const version = { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0' }
  const records = pax({ ...version, 'GNU.sparse.name': name, 'GNU.sparse.realsize': String(size) })
  return Buffer.concat([records, header({ name, size: 512 }), blocks('0\n')])
}

/** A file of `size` bytes that stores its last 100. */
function tail(name: string, size: number, content: string): Buffer {
  const records = pax({ 'GNU.sparse.size': String(size), 'GNU.sparse.map': `${size - 100},100` })
  return Buffer.concat([records, header({ name, size: 100 }), blocks(content.repeat(100))])
}

async function identities(image: Image): Promise<{ copies: string[]; rewritten: string[] }> {
  const evidence = await gather(image)
  const { filesystem, identity } = evidence
  const ids = Array.from({ length: filesystem.count }, (_, id) => id)
  const visible = ids.filter(id => filesystem.kind(id) === 'file' && filesystem.visible(id))
  return {
    copies: copiesAmong(evidence, visible).map(
      ({ entry, stays }) => `${filesystem.path(entry)} is ${filesystem.path(stays)}`,
    ),
    rewritten: ids.filter(id => identity.rewrites(id) !== undefined).map(id => filesystem.path(id)),
  }
}

/** By both ways of reading: as the archive passes, which has no way back to contents, and from header to header. */
async function bothWays(...layers: readonly Buffer[]): Promise<{ copies: string[]; rewritten: string[] }> {
  const bytes = await docker25Archive({ layers })
  const path = join(scratch(), 'image.tar')
  writeFileSync(path, bytes)
  const streamed = await identities(await openPiped(bytes))
  const sought = await open(path)
  expect(sought.layers.map(({ index }) => index.route)).toEqual(layers.map(() => 'seek'))
  expect(await identities(sought)).toEqual(streamed)
  return streamed
}

it('takes files all hole for equal where they are of one size, however they are written', async () => {
  const layer = archive(gnuHole('a', size), paxHole('b', size), gnuHole('c', size + 1), file('empty', ''))
  expect(await bothWays(layer)).toEqual({ copies: ['/b is /a'], rewritten: [] })
})

it('takes a file all hole for rewritten where it hides its equal', async () => {
  const below = archive(gnuHole('a', size), gnuHole('b', size), tail('c', size, 'x'))
  const above = archive(paxHole('a', size), paxHole('b', size + 1), gnuHole('c', size))
  expect(await bothWays(below, above)).toMatchObject({ rewritten: ['/a'] })
})

it('tells files all hole from those of their size that store something', async () => {
  const ones = await layerTar({ ones: Buffer.alloc(size, 1) })
  const layer = archive(tail('x', size, 'x'), tail('y', size, 'y'), tail('z', size, 'x'), gnuHole('hole', size))
  expect(await bothWays(ones, layer)).toEqual({ copies: ['/z is /x'], rewritten: [] })
})

it('needs no end marker behind a file all hole', async () => {
  const layer = Buffer.concat([gnuHole('a', size), gnuHole('b', size)])
  expect(await bothWays(layer)).toEqual({ copies: ['/b is /a'], rewritten: [] })
})

it('reads the bytes that are there of a file that says another size', async () => {
  const star = (name: string, content: string) =>
    Buffer.concat([pax({ 'SCHILY.realsize': '1000000' }), file(name, content.repeat(70_000))])
  const layer = archive(star('a', 'x'), star('b', 'y'), star('c', 'x'))
  expect(await bothWays(layer)).toEqual({ copies: ['/c is /a'], rewritten: [] })
})
