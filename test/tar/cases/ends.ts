import { archive, endMarker, file, header, longName, pax } from '../../../fixtures/tar/build.ts'
import type { Case } from './case.ts'

const one = file('one', 'x')
const next = file('next', 'x')
const long = file('long', 'x'.repeat(600))
const zeros = Buffer.alloc(512)

/* Why others differ. */
const noBytes =
  'it wants a block at least; to Go and libarchive an archive of nothing is empty, and layers without a byte occur'
const cutMarker = 'it wants the second block whole; the first one ends an archive to the others'
const behind = 'it passes over zeros, and reads the next archive; all others end at the marker'
const skipsDamage =
  'it looks for the next header, and goes on; what it lost is members of the layer, and Go refuses the archive'
const silent = 'it ends in silence; members are lost, and Go refuses the archive'
const cutPadding = 'it wants the padding too; Go does not, and umoci writes such layers'
const cutHeader = 'it ends in silence; Go refuses the archive'
const pending = 'it ends in silence; what is described is missing, so the archive was cut'
const pendingMarker =
  'it wants a member behind each header that describes one; Go and GNU tar do not, and nothing is missing'

export const ends: readonly Case[] = [
  {
    name: 'no bytes',
    bytes: Buffer.alloc(0),
    ours: [],
    'GNU tar': { says: ['error'], because: noBytes },
    Python: { says: ['error'], because: noBytes },
  },
  { name: 'an end marker alone', bytes: endMarker, ours: [] },
  { name: 'no end marker', bytes: one, ours: ['file 1 one'] },
  { name: 'one block of zeros', bytes: Buffer.concat([one, zeros]), ours: ['file 1 one'] },
  {
    name: 'one block of zeros, and more members',
    bytes: Buffer.concat([one, zeros, next, endMarker]),
    ours: ['file 1 one'],
    Go: {
      says: ['file 1 one', 'error'],
      because: 'it refuses members behind one block of zeros; GNU tar, Python and libarchive end there, and so do we',
    },
    'tar-stream': { says: ['file 1 one', 'file 1 next'], because: 'it passes over zeros; all others end there' },
  },
  {
    name: 'a marker that is cut',
    bytes: Buffer.concat([one, Buffer.alloc(700)]),
    ours: ['file 1 one'],
    Go: { says: ['file 1 one', 'error'], because: cutMarker },
    'tar-stream': { says: ['file 1 one', 'error'], because: cutMarker },
  },
  {
    name: 'two archives, one behind the other',
    bytes: Buffer.concat([archive(one), archive(next)]),
    ours: ['file 1 one'],
    'tar-stream': { says: ['file 1 one', 'file 1 next'], because: behind },
  },
  {
    name: 'members behind much filling',
    bytes: Buffer.concat([archive(one), Buffer.alloc(9216), archive(next)]),
    ours: ['file 1 one'],
    'tar-stream': { says: ['file 1 one', 'file 1 next'], because: behind },
  },
  {
    name: 'bytes behind the marker that are no header',
    bytes: Buffer.concat([archive(one), Buffer.alloc(700, 'junk')]),
    ours: ['file 1 one'],
    'tar-stream': { says: ['file 1 one', 'error'], because: 'it passes over the marker; all others end there' },
  },
  {
    name: 'bytes behind the last member that are no header',
    bytes: Buffer.concat([one, Buffer.alloc(512, 'junk'), next, endMarker]),
    ours: ['file 1 one', 'error CHECKSUM_WRONG at 1024'],
    'GNU tar': { says: ['file 1 one', 'file 1 next', 'error'], because: skipsDamage },
    libarchive: { says: ['file 1 one', 'file 1 next', 'error'], because: skipsDamage },
    Python: { says: ['file 1 one'], because: silent },
  },
  {
    name: 'a damaged header',
    bytes: Buffer.concat([one, file('dam', 'x').fill('D', 0, 1), next, endMarker]),
    ours: ['file 1 one', 'error CHECKSUM_WRONG at 1024'],
    'GNU tar': { says: ['file 1 one', 'file 1 next', 'error'], because: skipsDamage },
    libarchive: { says: ['file 1 one', 'file 1 next', 'error'], because: skipsDamage },
    Python: { says: ['file 1 one'], because: silent },
  },
  {
    name: 'padding that is missing',
    bytes: Buffer.concat([one, long.subarray(0, 512 + 600)]),
    ours: ['file 1 one', 'file 600 long'],
    'GNU tar': { says: ['file 1 one', 'file 600 long', 'error'], because: cutPadding },
    libarchive: { says: ['file 1 one', 'file 600 long', 'error'], because: cutPadding },
    Python: { says: ['file 1 one', 'file 600 long', 'error'], because: cutPadding },
    'tar-stream': { says: ['file 1 one', 'file 600 long', 'error'], because: cutPadding },
  },
  {
    name: 'content that is cut',
    bytes: Buffer.concat([one, long.subarray(0, 512 + 599)]),
    ours: ['file 1 one', 'file 600 long', 'error ARCHIVE_TRUNCATED at 2135'],
    Python: { says: ['file 1 one', 'error'], because: 'it does not list a member whose content is cut' },
  },
  {
    name: 'a header that is cut',
    bytes: Buffer.concat([one, next.subarray(0, 300)]),
    ours: ['file 1 one', 'error ARCHIVE_TRUNCATED at 1324'],
    'GNU tar': { says: ['file 1 one'], because: cutHeader },
    Python: { says: ['file 1 one'], because: cutHeader },
  },
  {
    name: 'a PAX header, and no member',
    bytes: Buffer.concat([one, pax({ path: 'a' })]),
    ours: ['file 1 one', 'error ARCHIVE_TRUNCATED at 2048'],
    Go: { says: ['file 1 one'], because: pending },
    'GNU tar': { says: ['file 1 one'], because: pending },
    'tar-stream': { says: ['file 1 one'], because: pending },
  },
  {
    name: 'a GNU name, and the marker',
    bytes: archive(one, longName('a')),
    ours: ['file 1 one'],
    libarchive: { says: ['file 1 one', 'error'], because: pendingMarker },
    Python: { says: ['file 1 one', 'error'], because: pendingMarker },
  },
  {
    name: 'a global PAX header, and no member',
    bytes: archive(one, pax({ comment: 'a' }, 'g')),
    ours: ['file 1 one'],
    Python: { says: ['file 1 one', 'error'], because: pendingMarker },
  },
  {
    name: 'no archive',
    bytes: Buffer.from(`{"a":"${'b'.repeat(2000)}"}`),
    ours: ['error ARCHIVE_INVALID at 0'],
  },
  {
    name: 'less than a block',
    bytes: header({ name: 'a' }).subarray(0, 100),
    ours: ['error ARCHIVE_TRUNCATED at 100'],
  },
]
