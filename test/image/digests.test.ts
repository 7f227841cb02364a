import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { Digests } from '../../src/image/digests.ts'

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

it('keeps few digests of many contents, in any order, and counts each once', () => {
  const digests = new Digests()
  for (const ordinal of [90_000, 3, 500, 3]) digests.set(ordinal, digestOf(`${ordinal}`))
  expect(digests.count).toBe(3)
  expect([3, 4, 500, 90_000, 90_001].map(ordinal => digests.has(ordinal))).toEqual([true, false, true, true, false])
  expect(digests.get(500)).toBe(digestOf('500').toString('latin1'))
  expect(digests.get(501)).toBeUndefined()
})

it('goes on from columns, and leaves these as they are', () => {
  const digests = new Digests()
  for (let ordinal = 0; ordinal < 300; ordinal += 2) digests.set(ordinal, digestOf(`${ordinal}`))
  const columns = digests.columns()
  const before = structuredClone(columns)
  const loaded = Digests.fromColumns(columns)
  expect(loaded.count).toBe(150)
  for (const ordinal of [1, 7_000]) loaded.set(ordinal, digestOf(`${ordinal}`))
  expect([0, 1, 298, 7_000].map(ordinal => loaded.get(ordinal))).toEqual(
    [0, 1, 298, 7_000].map(ordinal => digestOf(`${ordinal}`).toString('latin1')),
  )
  expect(loaded.count).toBe(152)
  expect(columns).toEqual(before)
})

it('starts from none', () => {
  const loaded = Digests.fromColumns(new Digests().columns())
  loaded.set(0, digestOf('a'))
  expect([loaded.count, loaded.has(0)]).toEqual([1, true])
})

it('takes no columns that do not fit together', () => {
  const digests = new Digests()
  digests.set(2, digestOf('a'))
  const { place = new Uint32Array(), bytes = new Uint8Array() } = digests.columns()
  expect(() => Digests.fromColumns({ place })).toThrow()
  expect(() => Digests.fromColumns({ place, bytes: bytes.subarray(1) })).toThrow()
  expect(() => Digests.fromColumns({ place: Uint32Array.of(0, 0, 2), bytes })).toThrow()
})
