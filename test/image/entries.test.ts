import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Columns } from '../../src/image/columns.ts'
import { Entries } from '../../src/image/entries.ts'
import type { Entry, EntryKind } from '../../src/image/entry.ts'

const part = fc.constantFrom('a', 'b', 'lib', 'lib64', 'ä', '\u{1f600}', '\udcff', 'x\udc80y', '.wh', 'a'.repeat(300))
const path = fc.array(part, { maxLength: 6 }).map(parts => `/${parts.join('/')}`)
const kind = fc.constantFrom<EntryKind[]>(
  'file',
  'directory',
  'symlink',
  'hardlink',
  'device',
  'fifo',
  'whiteout',
  'opaque',
)
// Sparse files are 60 GB long, and 8 EiB in headers that lie; times have fractions, and lie before 1970.
const size = fc.oneof(fc.nat(), fc.constantFrom(2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32, 60e9, 2 ** 53 - 1))
const time = fc.oneof(fc.nat(), fc.constantFrom(-1, 0.5, 1_700_000_000.123456, 2 ** 33))
const id = fc.oneof(fc.nat(2), fc.constantFrom(65_534, 2 ** 32 - 1, 2 ** 40))
const entry: fc.Arbitrary<Entry> = fc
  .record({
    path,
    kind,
    content: size,
    span: size,
    mode: fc.nat(0o7777),
    uid: id,
    gid: id,
    mtime: time,
    target: fc.option(path),
  })
  .map(({ target, ...rest }) => (target === null ? rest : { ...rest, target }))

function entriesOf(list: readonly Entry[]): Entries {
  const entries = new Entries()
  for (const added of list) entries.add(added)
  return entries
}

/** Columns as a file gives them back: views of one buffer, each aligned. */
function stored(columns: Columns): Columns {
  const bytes = new ArrayBuffer(Object.values(columns).reduce((sum, column) => sum + column.byteLength + 8, 0))
  let at = 0
  const views = Object.entries(columns).map(([name, column]) => {
    const Column = column.constructor as new (buffer: ArrayBuffer, at: number, length: number) => typeof column
    const view = new Column(bytes, at, column.length)
    view.set(column)
    at += Math.ceil(column.byteLength / 8) * 8
    return [name, view]
  })
  return Object.fromEntries(views)
}

it('gives back what was added, to the last byte of a name and of a size, also from columns out of a file', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 700 }), list => {
      const entries = entriesOf(list)
      const loaded = Entries.fromColumns(stored(entries.columns()))
      for (const some of [entries, loaded]) {
        expect(some.length).toBe(list.length)
        list.forEach((added, ordinal) => {
          expect(some.at(ordinal)).toEqual(added)
          expect(some.path(ordinal)).toBe(added.path)
          expect(some.target(ordinal)).toBe(added.target)
        })
        const kinds = new Uint8Array(list.length + 3)
        const contents = new Float64Array(list.length + 3)
        some.copyTo(kinds, contents, 3)
        expect([...contents.subarray(3)]).toEqual(list.map(({ content }) => content))
      }
    }),
    { numRuns: 30 },
  )
})

it('takes 35 bytes an entry at most, besides its name', () => {
  const list = Array.from({ length: 20_000 }, (_, at) => file(`/usr/lib/folder${at % 1000}/name${at}`))
  const columns = Object.values(entriesOf(list).columns())
  const names = list.reduce((sum, { path: own }) => sum + own.length - own.lastIndexOf('/') - 1, 0)
  const bytes = columns.reduce((sum, column) => sum + column.byteLength, 0)
  expect((bytes - names) / list.length).toBeLessThan(35)
})

it('knows no entry that it does not have', () => {
  expect(() => entriesOf([file('/a')]).path(1)).toThrow(RangeError)
})

describe('columns of a damaged file', () => {
  const whole = entriesOf([file('/a/b'), { ...file('/a/c'), kind: 'symlink', target: 'b', content: 2 ** 40 }]).columns()

  it('are none when one is missing, or of another type', () => {
    for (const name of Object.keys(whole)) {
      const { [name]: _, ...others } = whole
      expect(() => Entries.fromColumns(others), name).toThrow()
      const Other = whole[name] instanceof Float64Array ? Uint16Array : Float64Array
      expect(() => Entries.fromColumns({ ...others, [name]: new Other(whole[name]?.length ?? 0) }), name).toThrow()
    }
  })

  it('are none when one is shorter or longer than it was', () => {
    for (const [name, column] of Object.entries(whole)) {
      const longer = column.constructor as new (length: number) => typeof column
      expect(() => Entries.fromColumns({ ...whole, [name]: new longer(column.length + 1) }), name).toThrow()
      if (column.length > 0) {
        expect(() => Entries.fromColumns({ ...whole, [name]: column.subarray(1) }), name).toThrow()
      }
    }
  })

  it('never lead out of bounds or in a circle: each change of a number throws, or still reads to the end', () => {
    for (const [name, column] of Object.entries(whole)) {
      for (const [at] of column.entries()) {
        for (const value of [0, 1, 2, 7, 255, 2 ** 32 - 1]) {
          const changed = column.slice()
          changed[at] = value
          let entries: Entries
          try {
            entries = Entries.fromColumns({ ...whole, [name]: changed })
          } catch {
            continue
          }
          expect([0, 1].map(ordinal => entries.at(ordinal).path.startsWith('/'))).toEqual([true, true])
        }
      }
    }
  })
})

function file(at: string): Entry {
  return { path: at, kind: 'file', content: 7, span: 1024, mode: 0o644, uid: 0, gid: 0, mtime: 1_700_000_000 }
}
