import { archive, base256, blocks, file, header, pax } from '../../../fixtures/tar/build.ts'
import type { Case } from './case.ts'

const next = file('next', 'x')
const digits = (text: string) => Buffer.from(text)

/* Why others differ. */
const negLink = 'nothing follows a link, so its size does not matter: Go and Python read on'
const huge = 'it believes the size, and finds the archive too short; beyond 2^53 we have no number for it'
const twoNumbers = 'it stops at the space; Go refuses the archive'
const sizeJunk = 'it passes over the header, or takes 0; where the next header is nobody can know'
const goJunk = 'it refuses the archive for a number on which nothing rests here'
const timeJunk = 'it says so in other words, and reads on; nothing rests on the time'
const timeNobid = 'it takes the archive for none; nothing rests on the time'
const paxPlus = 'it takes no sign; Go does'
const tsPax = 'it takes neither owners nor times from PAX'
const gnuSays = 'it warns, ends with a failure, and reads the same'
const ownerJunk = 'it takes 0 for what is no number, where we and GNU tar keep the field of the header'
const sizeSign = 'it drops the size, and reads content as headers; Go takes the sign'
const sizeX =
  'it keeps the field of the header, or the digits; Go refuses the archive, and a size that may be lost is no size'
const sizeEmpty = 'it takes 0 for an empty size; to Go an empty value leaves the field of the header'
const smuggle =
  'it lets the size hold for a link, and skips the member behind it; Go does not, and the engines unpack it'

export const numbers: readonly Case[] = [
  {
    name: 'a size of twelve digits and no end',
    bytes: archive(file('n', 'hello', { size: digits('000000000005') }), next),
    ours: ['file 5 n', 'file 1 next'],
  },
  {
    name: 'a size amid spaces',
    bytes: archive(file('n', 'hello', { size: digits('         5 \0') }), next),
    ours: ['file 5 n', 'file 1 next'],
  },
  {
    name: 'an empty size',
    bytes: archive(header({ name: 'n', size: Buffer.alloc(12) }), next),
    ours: ['file 0 n', 'file 1 next'],
  },
  {
    name: 'a size in base-256',
    bytes: archive(file('n', 'hello', { size: base256(5n, 12) }), next),
    ours: ['file 5 n', 'file 1 next'],
  },
  {
    name: 'a negative size',
    bytes: archive(file('n', '', { size: base256(-512n, 12) }), next),
    ours: ['error ARCHIVE_INVALID at 0'],
    'GNU tar': {
      says: ['file 1 next', 'error'],
      because: 'it goes on as if nothing followed; where the next header is nobody can know',
    },
    Python: {
      says: ['file -512 n'],
      because: 'it steps back, and ends in silence; where the next header is nobody can know',
    },
  },
  {
    name: 'a negative size of a symlink',
    bytes: archive(header({ name: 'n', flag: '2', link: 't', size: base256(-512n, 12) }), next),
    ours: ['symlink 0 n -> t', 'file 1 next'],
    'GNU tar': { says: ['file 1 next', 'error'], because: negLink },
    libarchive: { says: ['error'], because: negLink },
    'tar-stream': { says: ['error'], because: negLink },
  },
  {
    name: 'a size beyond 2^53',
    bytes: archive(file('n', '', { size: base256(2n ** 60n, 12) }), next),
    ours: ['error ARCHIVE_INVALID at 0'],
    Go: { says: ['file 1152921504606847000 n', 'error'], because: huge },
    'GNU tar': { says: ['file 1152921504606847000 n', 'error'], because: huge },
    libarchive: { says: ['file 1152921504606847000 n', 'error'], because: huge },
    Python: { says: ['file 1152921504606847000 n', 'error'], because: huge },
    'tar-stream': { says: ['file 1152921504606847000 n', 'error'], because: huge },
  },
  {
    name: 'two numbers in one field',
    bytes: archive(file('n', 'hello', { size: digits('5 5') }), next),
    ours: ['error ARCHIVE_INVALID at 0'],
    'GNU tar': { says: ['file 5 n', 'file 1 next'], because: twoNumbers },
    'tar-stream': { says: ['file 5 n', 'file 1 next'], because: twoNumbers },
  },
  {
    name: 'digits, a NUL and other things',
    bytes: archive(file('n', 'hello', { size: digits('5\0junk') }), next),
    ours: ['file 5 n', 'file 1 next'],
    libarchive: {
      says: ['error'],
      because: 'it takes the archive for none; a NUL ends a field to Go, GNU tar and Python',
    },
  },
  {
    name: 'a size that is no number',
    bytes: archive(file('n', '', { size: digits('0000000008') }), next),
    ours: ['error ARCHIVE_INVALID at 0'],
    'GNU tar': { says: ['file 1 next', 'error'], because: sizeJunk },
    'tar-stream': { says: ['file 0 n', 'file 1 next'], because: sizeJunk },
  },
  {
    name: 'owners and times in base-256, of either sign',
    bytes: archive(
      header({ name: 'n', uid: base256(4_000_000_000n, 8), gid: base256(-2n, 8), mtime: base256(-86_400n, 12) }),
      next,
    ),
    ours: ['file 0 n uid=4000000000 gid=-2 mtime=-86400', 'file 1 next'],
    'GNU tar': {
      says: ['file 0 n uid=4000000000 gid=4294967295 mtime=-86400', 'file 1 next', 'error'],
      because: 'it takes no negative group from a header',
    },
    'tar-stream': {
      says: ['file 0 n uid=4000000000 gid=-1 mtime=-86399', 'file 1 next'],
      because: 'its negative numbers are off by one',
    },
  },
  {
    name: 'a time that is none',
    bytes: archive(header({ name: 'n', mtime: digits('yesterday') }), next),
    ours: ['file 0 n', 'file 1 next'],
    Go: { says: ['error'], because: goJunk },
    'GNU tar': { says: ['file 0 n mtime=-1', 'file 1 next', 'error'], because: timeJunk },
    libarchive: { says: ['error'], because: timeNobid },
    Python: { says: ['error'], because: timeNobid },
    'tar-stream': { says: ['file 0 n mtime=NaN', 'file 1 next'], because: timeJunk },
  },
  {
    name: 'PAX owners and times',
    bytes: archive(pax({ uid: '4000000000', gid: '+7', mtime: '1.25' }), header({ name: 'n' }), next),
    ours: ['file 0 n uid=4000000000 gid=7 mtime=1.25', 'file 1 next'],
    'GNU tar': { says: ['file 0 n uid=4000000000 mtime=1', 'file 1 next', 'error'], because: paxPlus },
    libarchive: { says: ['file 0 n uid=4000000000 mtime=1.25', 'file 1 next'], because: paxPlus },
    'tar-stream': { says: ['file 0 n', 'file 1 next'], because: tsPax },
  },
  {
    name: 'a PAX time before 1970 with a fraction',
    bytes: archive(pax({ mtime: '-1.25' }), header({ name: 'n' }), next),
    ours: ['file 0 n mtime=-1.25', 'file 1 next'],
    'GNU tar': { says: ['file 0 n mtime=-1', 'file 1 next'], because: 'it prints no fractions' },
    libarchive: {
      says: ['file 0 n mtime=-0.75', 'file 1 next'],
      because: 'it counts the fraction forwards from the second; POSIX has -1.25 be a quarter before -1',
    },
    'tar-stream': { says: ['file 0 n', 'file 1 next'], because: tsPax },
  },
  {
    name: 'PAX owners and times that are none',
    bytes: archive(pax({ uid: 'root', mtime: 'x' }), header({ name: 'n', uid: 5 }), next),
    ours: ['file 0 n uid=5', 'file 1 next'],
    Go: { says: ['error'], because: goJunk },
    'GNU tar': { says: ['file 0 n uid=5', 'file 1 next', 'error'], because: gnuSays },
    libarchive: { says: ['file 0 n', 'file 1 next'], because: ownerJunk },
    Python: { says: ['file 0 n', 'file 1 next'], because: ownerJunk },
  },
  {
    name: 'a PAX size, and 0 in the header',
    bytes: archive(pax({ size: '5' }), header({ name: 'n' }), blocks('hello'), next),
    ours: ['file 5 n', 'file 1 next'],
  },
  {
    name: 'a PAX size, and a larger one in the header',
    bytes: archive(pax({ size: '5' }), header({ name: 'n', size: 5000 }), blocks('hello'), next),
    ours: ['file 5 n', 'file 1 next'],
  },
  {
    name: 'a PAX size of 40 digits',
    bytes: archive(pax({ size: `${'0'.repeat(39)}5` }), header({ name: 'n' }), blocks('hello'), next),
    ours: ['file 5 n', 'file 1 next'],
  },
  {
    name: 'a PAX size with a sign',
    bytes: archive(pax({ size: '+5' }), header({ name: 'n' }), blocks('hello'), next),
    ours: ['file 5 n', 'file 1 next'],
    'GNU tar': { says: ['file 0 n', 'file 1 next', 'error'], because: sizeSign },
    libarchive: { says: ['file 0 n', 'file 1 next', 'error'], because: sizeSign },
  },
  {
    name: 'a negative PAX size',
    bytes: archive(pax({ size: '-5' }), header({ name: 'n' }), next),
    ours: ['error ARCHIVE_INVALID at 1024'],
    'GNU tar': {
      says: ['file 0 n', 'file 1 next', 'error'],
      because: 'it drops the size and reads on; Go refuses the archive, and so do we',
    },
    Python: { says: ['file -5 n', 'file 1 next'], because: 'it reads on; Go refuses the archive, and so do we' },
  },
  {
    name: 'a PAX size that is no number',
    bytes: archive(pax({ size: '5x' }), header({ name: 'n', size: 5 }), blocks('hello'), next),
    ours: ['error ARCHIVE_INVALID at 1024'],
    'GNU tar': { says: ['file 5 n', 'file 1 next', 'error'], because: sizeX },
    libarchive: { says: ['file 5 n', 'file 1 next'], because: sizeX },
    Python: { says: ['file 0 n'], because: sizeX },
    'tar-stream': { says: ['file 5 n', 'file 1 next'], because: sizeX },
  },
  {
    name: 'an empty PAX size',
    bytes: archive(pax({ size: '' }), file('n', 'hello'), next),
    ours: ['file 5 n', 'file 1 next'],
    'GNU tar': { says: ['file 5 n', 'file 1 next', 'error'], because: gnuSays },
    libarchive: { says: ['file 0 n', 'file 1 next', 'error'], because: sizeEmpty },
    Python: { says: ['file 0 n'], because: sizeEmpty },
  },
  {
    name: 'a PAX size smuggled into a symlink',
    bytes: archive(pax({ size: '512' }), header({ name: 'n', flag: '2', link: 't' }), header({ name: 'inside' }), next),
    ours: ['symlink 0 n -> t', 'file 0 inside', 'file 1 next'],
    'GNU tar': { says: ['symlink 0 n -> t', 'file 1 next'], because: smuggle },
    libarchive: { says: ['symlink 0 n -> t', 'file 1 next'], because: smuggle },
    'tar-stream': { says: ['symlink 0 n -> t', 'file 1 next'], because: smuggle },
  },
]
