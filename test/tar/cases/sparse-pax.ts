import { archive, blocks, file, gnuMagic, header, pax } from '../../../fixtures/tar/build.ts'
import { paxSparse, type Run, sparseRecords } from '../dialects.ts'
import type { Case } from './case.ts'

const next = file('next', 'x')
const data = Buffer.from('0123456789')
const two: Run[] = [
  [100, 4],
  [4000, 6],
]
const fields = { name: 's' }
const versioned = (major: string, minor: string) =>
  pax({
    'GNU.sparse.major': major,
    'GNU.sparse.minor': minor,
    'GNU.sparse.size': '5000',
    'GNU.sparse.numblocks': '2',
    'GNU.sparse.map': '100,4,4000,6',
  })
const plain = Buffer.concat([header({ name: 's', size: 10 }), blocks(data)])

/* Why others differ. */
const noSparse = 'it knows no sparse files'
const version =
  'it stretches the file whatever the version; Go does for 0.0, 0.1 and 1.0 alone, and the engines unpack what is stored'
const twoSizes = 'it lets the last one win; Go the one of format 0.x, and the engines unpack that'
const noMap = 'it stretches the file, or fails; Go wants a map, and the engines unpack what is stored'
const folderGo = 'it refuses the archive; a folder has no content, and what is said of it changes nothing'
const folderName = 'it takes the name, not the runs; Go refuses the archive'

export const paxSparseCases: readonly Case[] = [
  {
    name: 'PAX 0.0',
    bytes: archive(paxSparse('0.0', 5000, two, data, fields), next),
    ours: ['file 5000 s [100+4 4000+6]', 'file 1 next'],
    'tar-stream': { says: ['file 10 s', 'file 1 next'], because: noSparse },
  },
  {
    name: 'PAX 0.1',
    bytes: archive(paxSparse('0.1', 5000, two, data, fields, [['GNU.sparse.name', 'real']]), next),
    ours: ['file 5000 real [100+4 4000+6]', 'file 1 next'],
    'tar-stream': { says: ['file 10 s', 'file 1 next'], because: noSparse },
  },
  {
    name: 'PAX 1.0',
    bytes: archive(paxSparse('1.0', 5000, two, data, fields, [['GNU.sparse.name', 'real']]), next),
    ours: ['file 5000 real [100+4 4000+6]', 'file 1 next'],
    'tar-stream': { says: ['file 522 s', 'file 1 next'], because: noSparse },
  },
  {
    name: 'PAX 1.0, 60 GB',
    bytes: archive(paxSparse('1.0', 60e9, [[59e9, 10]], data, fields), next),
    ours: ['file 60000000000 s [59000000000+10]', 'file 1 next'],
    'tar-stream': { says: ['file 522 s', 'file 1 next'], because: noSparse },
  },
  {
    name: 'PAX 1.0, all hole',
    bytes: archive(paxSparse('1.0', 5000, [[5000, 0]], Buffer.alloc(0), fields), next),
    ours: ['file 5000 s []', 'file 1 next'],
    'tar-stream': { says: ['file 512 s', 'file 1 next'], because: noSparse },
  },
  {
    name: 'PAX 1.0, no runs',
    bytes: archive(paxSparse('1.0', 5000, [], Buffer.alloc(0), fields), next),
    ours: ['file 5000 s []', 'file 1 next'],
    'tar-stream': { says: ['file 512 s', 'file 1 next'], because: noSparse },
  },
  {
    name: 'PAX 1.0, a map that is none',
    bytes: archive(
      pax(sparseRecords('1.0', 5000, two)),
      header({ name: 's', size: 522 }),
      blocks('junk'),
      blocks(data),
      next,
    ),
    ours: ['error ARCHIVE_INVALID at 1024'],
    'GNU tar': {
      says: ['file 5000 s', 'file 1 next', 'error'],
      because: 'it lists a file that it cannot unpack; Go refuses the archive',
    },
    'tar-stream': { says: ['file 522 s', 'file 1 next'], because: noSparse },
  },
  {
    name: 'PAX, no count of runs',
    bytes: archive(pax({ 'GNU.sparse.size': '5000', 'GNU.sparse.map': '100,4,4000,6' }), plain, next),
    ours: ['file 5000 s [100+4 4000+6]', 'file 1 next'],
    Go: {
      says: ['error'],
      because: 'it wants a count of runs, and refuses the archive without; with it the answer is the same',
    },
    'GNU tar': { says: ['file 5000 s', 'error'], because: 'it wants a count of runs, and loses the map without' },
    'tar-stream': { says: ['file 10 s', 'file 1 next'], because: noSparse },
  },
  {
    name: 'PAX 2.0',
    bytes: archive(versioned('2', '0'), plain, next),
    ours: ['file 10 s', 'file 1 next'],
    'GNU tar': { says: ['file 5000 s', 'file 1 next', 'error'], because: version },
    libarchive: { says: ['file 5000 s', 'file 1 next'], because: version },
    Python: { says: ['file 5000 s [100+4 4000+6]', 'file 1 next'], because: version },
  },
  {
    name: 'PAX 0.2',
    bytes: archive(versioned('0', '2'), plain, next),
    ours: ['file 10 s', 'file 1 next'],
    'GNU tar': { says: ['file 5000 s', 'file 1 next'], because: version },
    libarchive: { says: ['file 5000 s', 'file 1 next'], because: version },
    Python: { says: ['file 5000 s [100+4 4000+6]', 'file 1 next'], because: version },
  },
  {
    name: 'PAX 0 without a minor',
    bytes: archive(versioned('0', ''), plain, next),
    ours: ['file 10 s', 'file 1 next'],
    'GNU tar': { says: ['file 5000 s', 'file 1 next', 'error'], because: version },
    libarchive: { says: ['file 5000 s', 'file 1 next'], because: version },
    Python: { says: ['file 5000 s [100+4 4000+6]', 'file 1 next'], because: version },
  },
  {
    name: 'PAX, two maps',
    bytes: archive(pax([...sparseRecords('0.0', 5000, two), ['GNU.sparse.map', '0,4,200,6']]), plain, next),
    ours: ['file 5000 s [100+4 4000+6]', 'file 1 next'],
    Python: {
      says: ['file 5000 s [0+4 200+6]', 'file 1 next'],
      because: 'it lets the map in one record win; Go the single records, and the engines unpack those',
    },
    'tar-stream': { says: ['file 10 s', 'file 1 next'], because: noSparse },
  },
  {
    name: 'PAX, two logical sizes',
    bytes: archive(pax([...sparseRecords('0.1', 5000, two), ['GNU.sparse.realsize', '6000']]), plain, next),
    ours: ['file 5000 s [100+4 4000+6]', 'file 1 next'],
    'GNU tar': { says: ['file 6000 s', 'file 1 next'], because: twoSizes },
    libarchive: { says: ['file 6000 s', 'file 1 next'], because: twoSizes },
    Python: { says: ['file 6000 s [100+4 4000+6]', 'file 1 next'], because: twoSizes },
    'tar-stream': { says: ['file 10 s', 'file 1 next'], because: noSparse },
  },
  {
    name: 'PAX, a logical size and no map',
    bytes: archive(pax({ 'GNU.sparse.size': '5000' }), plain, next),
    ours: ['file 10 s', 'file 1 next'],
    'GNU tar': { says: ['file 5000 s', 'error'], because: noMap },
    libarchive: { says: ['file 5000 s', 'file 1 next'], because: noMap },
    Python: { says: ['file 5000 s []', 'file 1 next'], because: noMap },
  },
  {
    name: 'star’s logical size and no map',
    bytes: archive(pax({ 'SCHILY.realsize': '5000' }), plain, next),
    ours: ['file 10 s', 'file 1 next'],
    libarchive: { says: ['file 5000 s', 'file 1 next'], because: noMap },
  },
  {
    name: 'PAX, a folder that is sparse',
    bytes: archive(
      pax([...sparseRecords('0.1', 5000, [[0, 5000]]), ['GNU.sparse.name', 'real']]),
      header({ name: 's', flag: '5' }),
      next,
    ),
    ours: ['directory 0 s', 'file 1 next'],
    Go: { says: ['error'], because: folderGo },
    'GNU tar': { says: ['directory 0 real', 'file 1 next'], because: folderName },
    libarchive: { says: ['error'], because: folderGo },
    Python: { says: ['directory 0 real [0+5000]', 'file 1 next'], because: folderName },
  },
  {
    name: 'PAX 1.0, in a GNU header',
    bytes: archive(
      pax(sparseRecords('1.0', 5000, two)),
      header({ name: 's', size: 522, magic: gnuMagic }),
      blocks('2\n100\n4\n4000\n6\n'),
      blocks(data),
      next,
    ),
    ours: ['file 5000 s [100+4 4000+6]', 'file 1 next'],
    'GNU tar': { says: ['file 5000 s', 'error'], because: 'it takes the map of 1.0 behind ustar headers alone' },
    'tar-stream': { says: ['file 522 s', 'file 1 next'], because: noSparse },
  },
]
