import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { endianness } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { packColumns, unpackColumns } from '../../src/image/column-file.ts'
import type { Columns } from '../../src/image/columns.ts'
import type { LayerCache } from '../../src/image/layer-cache.ts'
import type { LayerIndex } from '../../src/image/layer-index.ts'
import { scratch } from '../source/open.ts'
import { cacheIn, everythingOf, streamed } from './cached-index.ts'

let cache: LayerCache
let index: LayerIndex
let path: string
let whole: Buffer<ArrayBuffer>

beforeEach(async () => {
  cache = cacheIn(scratch())
  index = await streamed()
  cache.put(index)
  path = join(cache.folder, readdirSync(cache.folder)[0] ?? '')
  whole = Buffer.from(new Uint8Array(readFileSync(path)).buffer)
})

describe('damage', () => {
  it('of any bit makes a layer absent, and its file goes', () => {
    for (let at = 0; at < whole.length; at += at < 200 ? 1 : 13) {
      const flipped = Buffer.from(whole)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8))
      writeFileSync(path, flipped)
      expect(cache.get(index.diffId), `byte ${at}`).toBeUndefined()
      expect(readdirSync(cache.folder)).toEqual([])
    }
  })

  it('at any end makes a layer absent', () => {
    for (let size = 0; size < whole.length; size += 97) {
      writeFileSync(path, whole.subarray(0, size))
      expect(cache.get(index.diffId), `${size} bytes`).toBeUndefined()
    }
    writeFileSync(path, Buffer.concat([whole, Buffer.alloc(8)]))
    expect(cache.get(index.diffId)).toBeUndefined()
  })

  it('is healed by the next audit', async () => {
    writeFileSync(path, 'x')
    expect(cache.get(index.diffId)).toBeUndefined()
    expect(cache.put(await streamed())).toBeUndefined()
    expect(cache.get(index.diffId)).toBeDefined()
  })

  it("is another layer's file under this one's name", () => {
    cache.put({ ...index, diffId: `sha256:${'a'.repeat(64)}` })
    const other = readdirSync(cache.folder).find(name => name.startsWith('aaaa')) ?? ''
    writeFileSync(path, readFileSync(join(cache.folder, other)))
    expect(cache.get(index.diffId)).toBeUndefined()
  })
})

/** A layer is absent, or whatever can be asked of it is answered. */
function expectHarmless(file: readonly Buffer[], what: string): void {
  writeFileSync(path, Buffer.concat(file))
  const read = cache.get(index.diffId)
  if (read !== undefined) expect(() => everythingOf(read), what).not.toThrow()
}

describe('a file that somebody made up, with the right checksum', () => {
  it('harms nobody by its columns', () => {
    const { head, columns } = unpackColumns(whole)
    for (const [name, column] of Object.entries(columns)) {
      const others: Columns[string][] = [
        column.slice(1),
        column.slice(0, -1),
        column.slice(0, 0),
        new Uint8Array(column.byteLength),
        new Float64Array(column.length).fill(Number.NaN),
        column.slice().fill(0),
        column.slice().fill(1),
        column.slice().fill(0xffffffff),
        column.slice().reverse(),
      ]
      for (const [at, other] of others.entries())
        expectHarmless(packColumns(head, { ...columns, [name]: other }), `${name}, ${at}`)
      const { [name]: _, ...without } = columns
      expectHarmless(packColumns(head, without), `without ${name}`)
    }
  })

  it('harms nobody by its head', () => {
    const { head, columns } = unpackColumns(whole)
    for (const name of Object.keys(head)) {
      for (const value of [null, -1, 1.5, 1e300, 'x', [], [1], [{}], {}, true])
        expectHarmless(packColumns({ ...head, [name]: value }, columns), `${name}: ${JSON.stringify(value)}`)
    }
  })

  it.each([
    '[]',
    '{}',
    'null',
    '[null]',
    '[[]]',
    `${'['.repeat(100_000)}`,
    '[{"kind":"pip-record"}]',
    '[{"kind":"pip-record","paths":99}]',
    '[{"kind":"pip-record","paths":-1}]',
    '[{"kind":"pip-record","paths":"x"}]',
    '[{"kind":"toString"}]',
    '[{"kind":"apk-installed","packages":[1]}]',
    '[{"kind":"apk-installed","packages":{}}]',
    '[{"kind":"rpm-database","packages":[{"name":"a","version":"1","architecture":"","depends":[]}]}]',
    '[{"kind":"dpkg-diversions","diversions":[{"path":"/a","to":"/b"}]}]',
    '[{"kind":"dpkg-status","packages":null}]',
    '[{"kind":"dpkg-status","packages":[{"name":1}]}]',
  ])('has no record that is %s', json => {
    const { head, columns } = unpackColumns(whole)
    const records = { ...columns, 'records.json': Buffer.from(json), 'records.ordinal': Uint32Array.of(0) }
    writeFileSync(path, Buffer.concat(packColumns(head, records)))
    expect(cache.get(index.diffId)).toBeUndefined()
  })

  it.each([
    '{"head":{}}',
    '{"head":{},"columns":[["a","u8",-1]]}',
    '{"head":{},"columns":[["a","u8",1e15]]}',
    '{"head":{},"columns":[["a","u8",0.5]]}',
    '{"head":{},"columns":[["a","constructor",1]]}',
    '{"head":{},"columns":[1,null,[]]}',
    '[]',
  ])('has no columns that are %s', said => {
    // A head is text: packed as it is, and the object that it stands for taken away.
    const file = Buffer.concat(packColumns({}, {}))
    const text = Buffer.from(said)
    const made = Buffer.concat([file.subarray(0, 24), text, Buffer.alloc(64)])
    const numbers = new Uint32Array(new Uint8Array(made.subarray(0, 24)).buffer)
    numbers[4] = made.length
    numbers[5] = text.length
    made.set(new Uint8Array(numbers.buffer))
    new DataView(made.buffer, made.byteOffset).setUint32(12, crc32(made.subarray(16)), endianness() === 'LE')
    writeFileSync(path, made)
    expect(cache.get(index.diffId)).toBeUndefined()
  })
})
