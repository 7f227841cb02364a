import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { archive, file, header, pax } from '../../fixtures/tar/build.ts'
import { openFile } from '../../src/bytes/file.ts'
import { readSeekable } from '../../src/tar/seek.ts'
import { missing } from '../bytes/tools.ts'
import { gnu as gnuHeader, numeric, oldSparse, paxSparse, type Run } from './dialects.ts'
import { gnu } from './oracle/gnu.ts'
import { answer } from './oracle/ours.ts'
import { go, libarchive, python } from './oracle/programs.ts'
import { line } from './oracle/told.ts'

const large = 9 * 2 ** 30
const larger = 60e9
const end: Run[] = [[larger - large, large]]
const none = Buffer.alloc(0)

/** Headers, each followed by this many bytes of content. */
const parts: [Buffer, number][] = [
  [gnuHeader({ name: 'gnu', size: numeric(large, 12) }), large],
  [Buffer.concat([pax({ size: String(large + 1) }), header({ name: 'pax' })]), large + 1],
  [gnuHeader({ name: 'larger', size: numeric(larger, 12) }), larger],
  [oldSparse(larger, end, none, { name: 'old-sparse', size: numeric(large, 12) }), large],
  [paxSparse('0.1', larger, end, none, { name: 'sparse-0.1', size: 0 }, [['size', String(large)]]), large],
  [paxSparse('1.0', larger, end, none, { name: 'sparse-1.0' }, [['size', String(large + 512)]]), large],
]

let folder = ''
let path = ''

/** 106 GB, of which the disk holds the headers. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgaudit-'))
  path = join(folder, 'large.tar')
  const target = openSync(path, 'w')
  let at = 0
  for (const [headers, content] of [...parts, [archive(file('last', 'x')), 0] as const]) {
    writeSync(target, headers, 0, headers.length, at)
    at += headers.length + Math.ceil(content / 512) * 512
  }
  closeSync(target)
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('an archive of files of 9 GiB and 60 GB, sparse and not', () => {
  it('is read without its contents', async () => {
    const { bytes, read } = counted()
    const { members, error } = await answer(reader => readSeekable(bytes, reader))
    expect(error).toBeUndefined()
    const sparse = `[${larger - large}+${large}]`
    expect(members.map(each => line(each, ['runs']))).toEqual([
      `file ${large} gnu`,
      `file ${large + 1} pax`,
      `file ${larger} larger`,
      `file ${larger} old-sparse ${sparse}`,
      `file ${larger} sparse-0.1 ${sparse}`,
      `file ${larger} sparse-1.0 ${sparse}`,
      'file 1 last',
    ])
    expect(read()).toBeLessThan(200_000)
  })

  for (const oracle of [go, gnu, python, libarchive]) {
    it.skipIf(missing(...oracle.tools))(`is what ${oracle.name} reads`, async () => {
      const { bytes } = counted()
      const ours = await answer(reader => readSeekable(bytes, reader))
      const [theirs] = await oracle.read([path])
      expect(theirs?.error).toBeUndefined()
      // Where PAX says the stored size, Python takes it for the logical one, and does not find what follows.
      const known = oracle === python ? 4 : undefined
      const [we, they] = [ours, theirs].map(said => said?.members.slice(0, known).map(each => line(each, oracle.says)))
      expect(they).toEqual(we)
    })
  }
})

function counted() {
  const whole = openFile(path)
  let total = 0
  const read = (at: number, into: Buffer) => {
    total += into.length
    return whole.read(at, into)
  }
  return { bytes: { ...whole, size: whole.size, read }, read: () => total }
}
