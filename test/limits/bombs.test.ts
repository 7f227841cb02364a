import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { json } from '../archive.ts'
import { type Bomb, gzipBomb, wideFrame, zstdBomb } from './blobs.ts'
import { emptyFiles, endMarker, header, member, pax, record } from './headers.ts'
import { LayoutFolder } from './layout.ts'
import { type Outcome, Program } from './program.ts'

/** MiB that the program may have at most, whatever it is given: it has 80 when it starts, and 64 go to buffers. */
const most = 400

let program: Program
beforeAll(() => {
  program = Program.build()
}, 120_000)
afterAll(() => program[Symbol.dispose]())

let images = 0
function newLayout(): LayoutFolder {
  const folder = join(program.folder, `image-${images++}`)
  mkdirSync(folder)
  return new LayoutFolder(folder)
}

function audit(layout: LayoutFolder, ...options: readonly string[]): Promise<Outcome> {
  return program.run([`oci:${layout.folder}`, ...options], { heap: 256 })
}

/** Audits an image of one layer, plain. */
async function auditLayer(chunks: Iterable<Buffer>, ...options: readonly string[]): Promise<Outcome> {
  const layout = newLayout()
  layout.image([await layout.layer(chunks, 'plain')])
  return audit(layout, ...options)
}

function auditPacked(bomb: Bomb, ...options: readonly string[]): Promise<Outcome> {
  const layout = newLayout()
  layout.image([layout.packed(bomb)])
  return audit(layout, ...options)
}

function expectLimit(outcome: Outcome, message: RegExp, fix: string): void {
  expect(outcome.stderr).toMatch(message)
  expect(outcome.stderr).toContain('(LIMIT)')
  expect(outcome.stderr).toContain(`fix: if you trust the image, lift the limit: --limit ${fix}`)
  expect(outcome).toMatchObject({ code: 3, stdout: '' })
  expect(outcome.mebibytes).toBeLessThan(most)
}

function expectAnswer(outcome: Outcome): void {
  expect(outcome.stderr).toBe('')
  expect(outcome.code).toBe(0)
  expect(outcome.mebibytes).toBeLessThan(most)
}

const zeros = (pieces: number) => header({ name: 'zeros', size: (pieces - 1) * 2 ** 24 })

describe('compressed layers', () => {
  it.each([
    ['gzip', gzipBomb],
    ['zstd', zstdBomb],
  ])('of %s end where they unpack to more than is allowed, and 20 times their own length', async (_, bomb) => {
    const outcome = await auditPacked(bomb(zeros(64), 64), '--limit', 'unpacked=100MB')
    expectLimit(
      outcome,
      /layer 1 of 1: \d+ compressed bytes unpack to more than 100000000, \d+ times/,
      'unpacked=500MB',
    )
  })

  it.each([
    ['gzip', gzipBomb],
    ['zstd', zstdBomb],
  ])('of %s that are well compressible are read under the usual limits', async (_, bomb) => {
    const outcome = await auditPacked(bomb(zeros(32), 32))
    expectAnswer(outcome)
    expect(outcome.stdout).toContain('520 MB')
  })

  it('may be as long as they like where their blob is', async () => {
    const text = member({ name: 'text' }, Array.from({ length: 100_000 }, (_, line) => `line ${line}\n`).join(''))
    const layout = newLayout()
    layout.image([await layout.layer([text, endMarker])])
    expectAnswer(await audit(layout, '--limit', 'unpacked=100kB'))
  })

  it('in an archive that is compressed itself are bounded by it', async () => {
    const { blob } = gzipBomb(header({ name: 'layer.tar', size: 64 * 2 ** 24 }), 64)
    const outcome = await program.run(['-', '--limit', 'unpacked=100MB'], { stdin: [blob] })
    expectLimit(outcome, /unpack to more than 100000000/, 'unpacked=500MB')
  })

  it('are unpacked once, and want no window that is larger than all memory', async () => {
    const nested = gzipSync(gzipSync(randomBytes(2000)))
    expect((await auditPacked({ blob: nested, diffId: `sha256:${'0'.repeat(64)}` })).stderr).toContain('no tar archive')
    const wide = await auditPacked({ blob: wideFrame, diffId: `sha256:${'0'.repeat(64)}` })
    expect(wide.stderr).toContain('needs a window of 2048 MiB')
    expect(wide.mebibytes).toBeLessThan(most)
  })
})

describe('headers', () => {
  it.each(['x', 'L', 'K'])('of a gigabyte are not read: %s', async flag => {
    const declared = await auditLayer([header({ name: 'h', flag, size: 2 ** 30 }), endMarker])
    expectLimit(declared, /the member at offset 0 has 1073741824 bytes of headers or more/, 'header=2GB')
  })

  it('of a gigabyte that really come are not kept', async () => {
    const chunk = Buffer.alloc(2 ** 20, 'a')
    const headers = [header({ name: 'layer.tar', size: 2 ** 31 }), header({ name: 'h', flag: 'x', size: 2 ** 30 })]
    const stdin = [...headers, ...Array.from({ length: 1024 }, () => chunk)]
    const outcome = await program.run(['-'], { stdin, heap: 256 })
    expect(outcome.code).toBe(3)
    expect(outcome.mebibytes).toBeLessThan(most)
  })

  it('for all members are passed over, however long', async () => {
    const global = Buffer.alloc(32 * 2 ** 20, record('comment', 'x'.repeat(1000)))
    expectAnswer(await auditLayer([member({ name: 'g', flag: 'g' }, global), member({ name: 'a' }, 'a'), endMarker]))
  })
})

describe('paths', () => {
  const deep = 'a/'.repeat(10_000)

  it.each([
    ['of a file', pax({ path: `${deep}f` }), header({ name: 'f' })],
    ['of a whiteout', pax({ path: `${deep}.wh.f` }), header({ name: 'f' })],
    ['of a hard link’s target', pax({ linkpath: `${deep}f` }), header({ name: 'f', flag: '1', link: 'x' })],
    ['of a symlink’s target', pax({ linkpath: `${deep}f` }), header({ name: 'f', flag: '2', link: 'x' })],
    ['of one long name', pax({ path: 'n'.repeat(20_000) }), header({ name: 'f' })],
  ])('10,000 deep are refused: %s', async (_, ...blocks) => {
    expectLimit(await auditLayer([...blocks, endMarker]), /a path of 20\d\d\d bytes/, 'path=50kB')
  })

  it('10,000 deep are read where that is asked for', async () => {
    const files = Array.from({ length: 10 }, (_, at) => [pax({ path: `${deep}${at}` }), member({ name: 'x' }, 'abc')])
    const whiteout = [pax({ path: `${deep}.wh.0` }), header({ name: 'x' })]
    const layout = newLayout()
    layout.image([await layout.layer([...files.flat(), endMarker]), await layout.layer([...whiteout, endMarker])])
    const outcome = await audit(layout, '--limit', 'path=50kB', '-f', 'json')
    // A line of JSON for each folder, 100 MB of them.
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    expect(outcome.mebibytes).toBeLessThan(1000)
    const { size, folders } = JSON.parse(outcome.stdout)
    expect(size).toMatchObject({ files: 30, hidden: 3 })
    expect(folders.at(-1).path).toHaveLength(20_000)
  })
})

describe('sizes', () => {
  const sparse = (size: string) => [
    pax({ 'GNU.sparse.major': '0', 'GNU.sparse.minor': '1', 'GNU.sparse.size': size, 'GNU.sparse.map': '0,0' }),
    header({ name: 'hole' }),
  ]

  it('of a petabyte are summed to the byte, and of more than numbers hold refused', async () => {
    const petabyte = await auditLayer([...sparse('1125899906842624'), ...sparse('1'), endMarker], '-f', 'json')
    expect(JSON.parse(petabyte.stdout).size.files).toBe(1125899906842625)
    const beyond = await auditLayer([...sparse('9007199254740991'), ...sparse('1'), endMarker])
    expect(beyond.stderr).toContain('its files claim more than 9007199254740991 bytes together')
    const layout = newLayout()
    const layer = await layout.layer([...sparse('9007199254740991'), endMarker])
    layout.image([layer, layer])
    expect((await audit(layout)).stderr).toContain('its files claim more than 9007199254740991 bytes together')
  })

  it('of a million runs are counted', async () => {
    const runs = Array.from({ length: 1_000_000 }, (_, at) => `${2 * at},0`).join()
    const map = {
      'GNU.sparse.major': '0',
      'GNU.sparse.minor': '1',
      'GNU.sparse.size': '2000001',
      'GNU.sparse.map': runs,
    }
    expectAnswer(await auditLayer([pax(map), header({ name: 'holes' }), endMarker]))
  })
})

describe('entries', () => {
  const limit = ['--limit', 'entries=100k']

  it('are counted over all layers, from standard input too', async () => {
    const layout = newLayout()
    const layers = [await layout.layer(emptyFiles(60_000)), await layout.layer(emptyFiles(60_000, { prefix: 'g' }))]
    layout.image(layers)
    expectLimit(
      await audit(layout, ...limit),
      /layer [12] of 2: the image has more than 100000 entries/,
      'entries=500k',
    )
    expectAnswer(await audit(layout, '--limit', 'entries=500k'))
    const stdin = emptyFiles(200_000)
    expectLimit(await program.run(['-', ...limit], { stdin, heap: 256 }), /more than 100000 entries/, 'entries=500k')
  })

  it('are counted as often as their layer stands', async () => {
    const layout = newLayout()
    const layer = await layout.layer(emptyFiles(10_000))
    layout.image(Array.from({ length: 20 }, () => layer))
    expectLimit(await audit(layout, ...limit), /the image has more than 100000 entries/, 'entries=500k')
  })

  it.each([
    ['folders that only paths name', (at: number) => [member({ name: `${at}/${'a/'.repeat(40)}f` })]],
    ['long names', (at: number) => [pax({ path: `${at}${'n'.repeat(4000)}` }), member({ name: 'x' })]],
    ['targets', (at: number) => [pax({ linkpath: 'n'.repeat(4000) }), member({ name: `${at}`, flag: '2' })]],
  ])('count %s', async (_, make) => {
    const members = Array.from({ length: 8000 }, (_, at) => make(at)).flat()
    expectLimit(await auditLayer([...members, endMarker], ...limit), /more than 100000 entries/, 'entries=500k')
  })

  it('count what package records list', async () => {
    const lines = Array.from({ length: 300_000 }, (_, at) => `p/${at}.py,,\n`).join('')
    const path = 'usr/lib/python3/site-packages/p-1.dist-info'
    const layer = [
      member({ name: `${path}/METADATA` }, 'Name: p\nVersion: 1\n'),
      member({ name: `${path}/RECORD` }, lines),
    ]
    expectLimit(await auditLayer([...layer, endMarker], ...limit), /more than 100000 entries/, 'entries=500k')
  })
})

describe('documents', () => {
  it('of more than 4 MiB are named with what reads them', async () => {
    const history = Array.from({ length: 60_000 }, (_, at) => ({
      created_by: `step ${at} ${'.'.repeat(50)}`,
      empty_layer: true,
    }))
    const layout = newLayout()
    const layer = await layout.layer([member({ name: 'a' }, 'a'), endMarker])
    layout.image([layer], { history: [{ created_by: 'COPY a a' }, ...history] })
    expectLimit(await audit(layout), /has \d{7} bytes; a manifest, index or configuration has at most/, 'document=10MB')
    expectAnswer(await audit(layout, '--limit', 'document=10MB'))
  })

  it('that name themselves, each other, or nothing end', async () => {
    const layout = newLayout()
    const index = { mediaType: 'application/vnd.oci.image.index.v1+json' }
    let inner = { ...index, ...layout.add(json({ schemaVersion: 2, ...index, manifests: [] })) }
    for (let depth = 0; depth < 12; depth++) {
      const manifests = Array.from({ length: 5000 }, () => inner)
      inner = { ...index, ...layout.add(json({ schemaVersion: 2, ...index, manifests })) }
    }
    layout.index([inner])
    expect((await audit(layout)).stderr).toMatch(/holds indexes more than 8 deep/)
    const many = Array.from({ length: 20_000 }, (_, at) => ({ digest: `sha256:${at.toString(16).padStart(64, '0')}` }))
    layout.index(many)
    const outcome = await audit(layout)
    expect(outcome.stderr).toMatch(/holds 20000 images.* and 19980 others/)
  })

  it('nested 100,000 deep are no manifest', async () => {
    const layout = newLayout()
    const nested = Buffer.from(`{"schemaVersion":2,"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)
    layout.index([layout.add(nested)])
    expect((await audit(layout)).stderr).toMatch(/is neither an image manifest nor an index/)
  })
})
