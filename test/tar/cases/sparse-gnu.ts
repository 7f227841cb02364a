import { archive, blocks, file, octal, pax } from '../../../fixtures/tar/build.ts'
import { gnu, oldSparse, type Run, sparseRecords, starSparse } from '../dialects.ts'
import type { Case } from './case.ts'

const next = file('next', 'x')
const data = Buffer.from('0123456789')
const two: Run[] = [
  [100, 4],
  [4000, 6],
]
const many = Array.from({ length: 30 }, (_, at): Run => [at * 100, 1])
const manyData = Buffer.alloc(30, 's')
const fields = { name: 's' }

/* Why others differ. */
const noSparse = 'it knows no sparse files'
const sPax =
  "it lets PAX go before the old format's own fields; Go lets no record about sparse files touch one of that format"
const misfit = 'it lists a file that it cannot unpack right; Go refuses the archive'
const misfitGo = 'it lists the file, and fails when it reads the content'
const starGo = "it refuses star's maps, so no engine unpacks such a file; GNU tar, which reads it, agrees with us"

export const gnuSparse: readonly Case[] = [
  {
    name: 'GNU, two runs',
    bytes: archive(oldSparse(5000, two, data, fields), next),
    ours: ['file 5000 s [100+4 4000+6]', 'file 1 next'],
    'tar-stream': { says: ['flag 10 s', 'file 1 next'], because: noSparse },
  },
  {
    name: 'GNU, thirty runs',
    bytes: archive(oldSparse(5000, many, manyData, fields), next),
    ours: [`file 5000 s [${many.map(run => run.join('+')).join(' ')}]`, 'file 1 next'],
    'tar-stream': {
      says: ['flag 30 s', 'error'],
      because: 'it knows no sparse files, and takes the rest of the map for a header',
    },
  },
  {
    name: 'GNU, all hole',
    bytes: archive(oldSparse(5000, [[5000, 0]], Buffer.alloc(0), fields), next),
    ours: ['file 5000 s []', 'file 1 next'],
    'tar-stream': { says: ['flag 0 s', 'file 1 next'], because: noSparse },
  },
  {
    name: 'GNU, 60 GB',
    bytes: archive(oldSparse(60e9, [[59e9, 10]], data, fields), next),
    ours: ['file 60000000000 s [59000000000+10]', 'file 1 next'],
    'tar-stream': { says: ['flag 10 s', 'file 1 next'], because: noSparse },
  },
  {
    name: 'GNU, a run with an empty offset, and what stands behind it',
    bytes: archive(
      gnu({
        ...fields,
        flag: 'S',
        size: 4,
        over: { 386: Buffer.concat([octal(0, 12), octal(4, 12), Buffer.alloc(12), octal(9, 12)]), 483: octal(100, 12) },
      }),
      blocks('0123'),
      next,
    ),
    ours: ['file 100 s [0+4]', 'file 1 next'],
    Python: {
      says: ['file 100 s [0+4 0+9]', 'file 1 next'],
      because: 'it reads on behind the empty run; Go and libarchive end there',
    },
    'tar-stream': { says: ['flag 4 s', 'file 1 next'], because: noSparse },
  },
  {
    name: 'GNU, with a PAX name and map',
    bytes: archive(
      pax([...sparseRecords('0.1', 7000, [[0, 10]]), ['GNU.sparse.name', 'pax']]),
      oldSparse(5000, two, data, fields),
      next,
    ),
    ours: ['file 5000 s [100+4 4000+6]', 'file 1 next'],
    'GNU tar': { says: ['file 5000 pax', 'error'], because: sPax },
    libarchive: { says: ['file 7000 pax', 'file 1 next'], because: sPax },
    Python: { says: ['file 7000 pax [0+10]', 'file 1 next'], because: sPax },
    'tar-stream': { says: ['flag 10 s', 'file 1 next'], because: noSparse },
  },
  {
    name: 'GNU, runs that go back',
    bytes: archive(
      oldSparse(
        5000,
        [
          [4000, 6],
          [100, 4],
        ],
        data,
        fields,
      ),
      next,
    ),
    ours: ['error ARCHIVE_INVALID at 0'],
    'GNU tar': { says: ['file 5000 s', 'file 1 next'], because: misfit },
    libarchive: { says: ['file 5000 s', 'file 1 next'], because: misfit },
    Python: { says: ['file 5000 s [4000+6 100+4]', 'file 1 next'], because: misfit },
    'tar-stream': { says: ['flag 10 s', 'file 1 next'], because: noSparse },
  },
  {
    name: 'GNU, a run over the end',
    bytes: archive(oldSparse(105, [[100, 10]], data, fields), next),
    ours: ['error ARCHIVE_INVALID at 0'],
    'GNU tar': { says: ['file 105 s', 'file 1 next', 'error'], because: misfit },
    libarchive: { says: ['file 105 s', 'file 1 next'], because: misfit },
    Python: { says: ['file 105 s [100+10]', 'file 1 next'], because: misfit },
    'tar-stream': { says: ['flag 10 s', 'file 1 next'], because: noSparse },
  },
  {
    name: 'GNU, less stored than the runs say',
    bytes: archive(oldSparse(5000, two, data.subarray(0, 5), { ...fields, size: 5 }), next),
    ours: ['error ARCHIVE_INVALID at 0'],
    Go: { says: ['file 5000 s', 'error'], because: misfitGo },
    'GNU tar': { says: ['file 5000 s', 'file 1 next'], because: misfit },
    libarchive: { says: ['file 5000 s', 'file 1 next'], because: misfit },
    Python: { says: ['file 5000 s [100+4 4000+6]', 'file 1 next'], because: misfit },
    'tar-stream': { says: ['flag 5 s', 'file 1 next'], because: noSparse },
  },
  {
    name: 'GNU, more stored than the runs say',
    bytes: archive(oldSparse(5000, [[100, 4]], data, { ...fields, size: 10 }), next),
    ours: ['error ARCHIVE_INVALID at 0'],
    Go: { says: ['file 5000 s', 'error'], because: misfitGo },
    'GNU tar': { says: ['file 5000 s', 'file 1 next'], because: misfit },
    libarchive: {
      says: ['file 5000 s', 'error'],
      because: 'it passes over a run that does not fit; Go refuses the archive',
    },
    Python: { says: ['file 5000 s [100+4]', 'file 1 next'], because: misfit },
    'tar-stream': { says: ['flag 10 s', 'file 1 next'], because: noSparse },
  },
  {
    name: 'star',
    bytes: archive(starSparse(5000, two, data, fields), next),
    ours: ['file 5000 s [100+4 4000+6]', 'file 1 next'],
    Go: { says: ['error'], because: starGo },
    libarchive: {
      says: ['file 10 s', 'file 1 next'],
      because: "it knows no sparse files of star's, and takes the stored bytes for the file",
    },
    Python: { says: ['error'], because: starGo },
    'tar-stream': { says: ['flag 10 s', 'file 1 next'], because: noSparse },
  },
]
