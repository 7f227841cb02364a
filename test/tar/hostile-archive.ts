import fc from 'fast-check'
import { archive, base256, blocks, gnuMagic, header, octal, records, ustarMagic } from '../../fixtures/tar/build.ts'
import { sparseRecords } from './dialects.ts'

/** A number's field: mostly one of these, now and then what writers should not write. */
function field(length: number, usual: number[]): fc.Arbitrary<Buffer> {
  const odd = ['', ' ', '7', '  12 ', '\0 12', '12\0junk', '1 2', '8', '-1', '+1', '0x1', '777777777777']
  return fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...usual).map(value => octal(value, length)) },
    { weight: 2, arbitrary: fc.constantFrom(...usual, -1, -512).map(value => base256(BigInt(value), length)) },
    { weight: 1, arbitrary: fc.constantFrom(...odd).map(text => Buffer.from(text.slice(0, length))) },
  )
}

const name = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('a', 'b/c', 'd/', './e', '/f', '../g', '', 'x'.repeat(100)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 9 }).map(bytes => Buffer.from(bytes).toString('latin1')) },
)

// Go gives V, D and X out as members of an unknown flag: they are in the table of hand-made archives.
const flag = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('0', '\0', '1', '2', '5') },
  { weight: 2, arbitrary: fc.constantFrom('S', '7', '3', '6', 'Z', 'M') },
)

const magic = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(ustarMagic, gnuMagic, '') },
  { weight: 1, arbitrary: fc.constantFrom('ustar', 'ustarX00', 'ustar \0', 'ustar   ', 'USTAR\0') },
)

const sizes = [0, 1, 5, 511, 512, 513, 1024]

const run = fc
  .tuple(field(12, [0, 5, 100, 512, 1024]), field(12, sizes))
  .map(fields => Buffer.concat(fields.map(bytes => Buffer.concat([bytes, Buffer.alloc(12)]).subarray(0, 12))))

/** What lies behind offset 345, as prefix, times, or fields of sparse files: whose it is depends on the dialect. */
const tail = fc.record(
  {
    345: fc.oneof(name, fc.constantFrom('00000000001\0', '00000000001 ', 'p'.repeat(131), 'q'.repeat(155))),
    357: fc.constantFrom('00000000002\0', 'zz', ''),
    386: fc.array(run, { maxLength: 4 }).map(runs => Buffer.concat(runs)),
    476: fc.constantFrom('00000000001 ', '00000000001\0', '\x80'),
    482: fc.constantFrom('\0', '\x01'),
    483: field(12, [0, 512, 1024, 5000]),
    488: fc.constantFrom('00000000002 ', 'junk'),
    508: fc.constantFrom('tar\0', 'tar '),
  },
  { requiredKeys: [] },
)

/** Blocks that are headers themselves, so that a reader which takes a size for another goes on, and shows it. */
const follower = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('s', 't/').map(text => header({ name: text })) },
  { weight: 1, arbitrary: fc.constantFrom('0\n', '1\n0\n5\n', '1\n100\n0\n', '2\n0\n1\n9\n4\n').map(blocks) },
)

const member = fc
  .tuple(
    fc.record({
      name,
      flag,
      size: field(12, sizes),
      link: name,
      magic,
      mode: fc.constantFrom(0o644, 0o4755),
      uid: field(8, [0, 1000]),
      mtime: field(12, [0, 1_600_000_000]),
    }),
    fc.option(tail, { nil: {}, freq: 2 }),
    fc.array(follower, { maxLength: 3 }),
  )
  .map(([fields, over, data]) => Buffer.concat([header({ ...fields, over: latin1(over) }), ...data]))

/** GNU's old sparse files, sound but for what follows them. */
const sparse = fc.tuple(fc.array(run, { maxLength: 4 }), fc.constantFrom(512, 5000), name).map(([runs, real, own]) => {
  const over = { 386: Buffer.concat(runs), 483: octal(real, 12) }
  return Buffer.concat([header({ name: own, flag: 'S', magic: gnuMagic, size: 5, over }), blocks('data!')])
})

function latin1(over: Record<number, string | Buffer | undefined>): Record<number, Buffer> {
  const bytes = Object.entries(over).map(([at, value = '']) => [at, Buffer.from(value.toString('latin1'), 'latin1')])
  return Object.fromEntries(bytes)
}

const values: Record<string, string[]> = {
  path: ['p', 'q/', '', 'long/'.repeat(30), 'nul\0'],
  linkpath: ['l', ''],
  size: ['0', '5', '512', '1024', '', '+512', '-1', '007', `${'0'.repeat(35)}512`, '1e3'],
  mtime: ['1', '1.5', '-1.5', '', '1.', '.5', 'x', '+1'],
  uid: ['7', '-1', '+7', '1.5', '', `${'0'.repeat(70)}7`],
  gid: ['8'],
  comment: ['', 'c=d'],
  'GNU.sparse.major': ['0', '1', '2', ''],
  'GNU.sparse.minor': ['0', '1', '2', ''],
  'GNU.sparse.name': ['sparse', 'sparse/', ''],
  'GNU.sparse.size': ['5', '5000', '', '-1', '+5000'],
  'GNU.sparse.realsize': ['5', '5000', ''],
  'GNU.sparse.numblocks': ['0', '1', '2', ''],
  'GNU.sparse.map': ['0,5', '100,5', '0,1,9,4', '', '1,2,3', '5000,0'],
  'GNU.sparse.offset': ['0', '100'],
  'GNU.sparse.numbytes': ['5', '1', '4'],
  'SCHILY.realsize': ['5', '5000'],
}

const record: fc.Arbitrary<[string, string]> = fc
  .constantFrom(...Object.entries(values))
  .chain(([key, all]) => fc.constantFrom(...all).map((value): [string, string] => [key, value]))

const soundSparse = fc
  .constantFrom('0.0', '0.1', '1.0')
  .map(version => sparseRecords(version as '0.0', 5000, [[100, 5]]))

const recordData = fc.oneof(
  {
    weight: 20,
    arbitrary: fc
      .tuple(
        fc.array(record, { maxLength: 3 }),
        fc.option(soundSparse, { nil: [], freq: 3 }),
        fc.array(record, { maxLength: 2 }),
      )
      .map(all => records(all.flat())),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('junk', '5 a=b', '6 =ab\n', '4 =\n', '7 a=b\n\0', ' 6 a=b\n', '+6 a=b\n')
      .map(text => Buffer.from(text)),
  },
)

const extension = fc.oneof(
  { weight: 8, arbitrary: recordData.map(data => ({ flag: 'x', data })) },
  { weight: 1, arbitrary: recordData.map(data => ({ flag: 'g', data })) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('L', 'K'), fc.constantFrom('', '\0', 'n\0', 'n', 'n/\0', 'n\0m', 'long/'.repeat(120)))
      .map(([own, text]) => ({ flag: own, data: Buffer.from(text) })),
  },
)

const described = extension.map(({ flag: own, data }) =>
  Buffer.concat([header({ name: 'e', flag: own, size: data.length }), blocks(data)]),
)

const part = fc.oneof(
  { weight: 5, arbitrary: described },
  { weight: 5, arbitrary: member },
  { weight: 1, arbitrary: sparse },
  { weight: 1, arbitrary: follower },
)

/**
 * Archives made to be read differently: extensions in any order, number and state, flags, magics and fields that contradict
 * each other, and contents that are headers again.
 */
export const hostileArchive = fc
  .array(part, { minLength: 1, maxLength: 5 })
  .map(parts => archive(...parts, header({ name: 'last' })))
