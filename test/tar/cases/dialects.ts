import { archive, blocks, file, gnuMagic, header, octal, pax, summed } from '../../../fixtures/tar/build.ts'
import { gnu, multiVolume, star, v7 } from '../dialects.ts'
import type { Case } from './case.ts'

const next = file('next', 'x')

const dumpdir = Buffer.from('Yfile\0Nother\0\0')

/** A checksum written one byte late, behind a NUL. */
function lateSum(block: Buffer): Buffer {
  const sum = block.toString('latin1', 148, 154)
  block.write(`\0${sum}\0`, 148, 'latin1')
  return block
}

/* Why others differ. */
const signedSum = 'it sums unsigned bytes alone; Go, GNU tar, Python and libarchive take what SunOS wrote'
const pythonPrefix = 'it reads a prefix whatever the magic; in v7 and GNU headers there is none, and Go looks for none'
const magic5 = 'it wants the first letters of the magic only; to Go these are fields of v7, with no prefix'
const goPrefix =
  'it knows no such header; Go before 1.8 wrote them and still reads them, so the engines unpack the file there'
const star131 =
  'it does not look at the trailer, and reads on into the times; Go does, and the engines unpack what Go says'
const late = 'it wants the digits first; GNU tar and Go pass over a NUL, for writers that put one there'
const flag =
  'it hands the flag on, and engines refuse such a member; POSIX has it be a regular file, and so do we, with the same bytes'
const flagTs = 'it hands on that the flag is unknown; POSIX has it be a regular file'
const solaris =
  'it does not know the header of Solaris, and engines refuse it; Python, GNU tar and libarchive apply it, as its writers meant'
const aclFlag = 'it does not know the flag; the bytes are the same'
const label = 'it gives the label out as a member; it is none, and engines refuse it'
const dump = 'it does not know the flag, and engines refuse it; GNU tar, which writes it, makes a folder'

export const dialects: readonly Case[] = [
  {
    name: 'v7: no flag, and a folder told by its slash',
    bytes: archive(v7({ name: 'd/', flag: '\0' }), v7({ name: 'd/f', flag: '\0', size: 1 }), blocks('x')),
    ours: ['directory 0 d', 'file 1 d/f'],
    'tar-stream': {
      says: ['file 0 d/', 'file 1 d/f'],
      because: 'it has no v7: a folder is a file to it, since only the flag counts',
    },
  },
  {
    name: 'v7: what follows the link name is no prefix',
    bytes: archive(header({ name: 'n', magic: '', prefix: 'p' }), next),
    ours: ['file 0 n', 'file 1 next'],
    Python: { says: ['file 0 p/n', 'file 1 next'], because: pythonPrefix },
  },
  {
    name: 'ustar: a prefix of 155 bytes',
    bytes: archive(header({ name: 'n', prefix: 'p'.repeat(155) }), next),
    ours: [`file 0 ${'p'.repeat(155)}/n`, 'file 1 next'],
  },
  {
    name: 'a magic with no NUL behind it',
    bytes: archive(header({ name: 'n', prefix: 'p', magic: 'ustar00' }), next),
    ours: ['file 0 n', 'file 1 next'],
    libarchive: { says: ['file 0 p/n', 'file 1 next'], because: magic5 },
    Python: { says: ['file 0 p/n', 'file 1 next'], because: magic5 },
  },
  {
    name: 'GNU: times where ustar has a prefix',
    bytes: archive(gnu({ name: 'n', over: { 345: octal(1, 12), 357: octal(2, 12) } }), next),
    ours: ['file 0 n', 'file 1 next'],
    Python: { says: ['file 0 00000000001/n', 'file 1 next'], because: pythonPrefix },
  },
  {
    name: 'GNU: text where there should be times',
    bytes: archive(gnu({ name: 'n', prefix: 'p' }), next),
    ours: ['file 0 p/n', 'file 1 next'],
    'GNU tar': { says: ['file 0 n', 'file 1 next'], because: goPrefix },
    libarchive: { says: ['file 0 n', 'file 1 next'], because: goPrefix },
    'tar-stream': { says: ['file 0 n', 'file 1 next'], because: goPrefix },
  },
  {
    name: 'star: a prefix of 131 bytes, up to the times',
    bytes: archive(star({ name: 'n', prefix: 'p'.repeat(131) }), next),
    ours: [`file 0 ${'p'.repeat(131)}/n`, 'file 1 next'],
    'GNU tar': {
      says: [`file 0 ${'p'.repeat(131)}00000000001\\x2000000000002\\x20/n`, 'file 1 next'],
      because: star131,
    },
    libarchive: {
      says: [`file 0 ${'p'.repeat(131)}00000000001\\x2000000000002\\x20/n`, 'file 1 next'],
      because: star131,
    },
    Python: { says: [`file 0 ${'p'.repeat(131)}00000000001\\x2000000000002\\x20/n`, 'file 1 next'], because: star131 },
    'tar-stream': {
      says: [`file 0 ${'p'.repeat(131)}00000000001\\x2000000000002\\x20/n`, 'file 1 next'],
      because: star131,
    },
  },
  {
    name: 'star: a time of access that is none',
    bytes: archive(star({ name: 'n', prefix: 'p'.repeat(131) }, { atime: '\xff'.repeat(3) }), next),
    ours: [`file 0 ${'p'.repeat(131)}/n`, 'file 1 next'],
    Go: { says: ['error'], because: 'it refuses the whole archive for a number on which nothing rests here' },
    'GNU tar': { says: [`file 0 ${'p'.repeat(131)}\\xc3\\xbf\\xc3\\xbf\\xc3\\xbf/n`, 'file 1 next'], because: star131 },
    libarchive: {
      says: [`file 0 ${'p'.repeat(131)}\\xc3\\xbf\\xc3\\xbf\\xc3\\xbf/n`, 'file 1 next'],
      because: star131,
    },
    Python: { says: [`file 0 ${'p'.repeat(131)}\\xc3\\xbf\\xc3\\xbf\\xc3\\xbf/n`, 'file 1 next'], because: star131 },
    'tar-stream': {
      says: [`file 0 ${'p'.repeat(131)}\\xc3\\xbf\\xc3\\xbf\\xc3\\xbf/n`, 'file 1 next'],
      because: star131,
    },
  },
  {
    name: 'xustar: no trailer, times of octal digits',
    bytes: archive(star({ name: 'n', prefix: 'p'.repeat(130) }, { trailer: false }), next),
    ours: [`file 0 ${'p'.repeat(130)}/n`, 'file 1 next'],
  },
  {
    name: 'a checksum of signed bytes',
    bytes: archive(summed(header({ name: Buffer.from('\xe9', 'latin1') }), true), next),
    ours: ['file 0 \\xe9', 'file 1 next'],
    'tar-stream': {
      says: ['error'],
      because: signedSum,
    },
  },
  {
    name: 'a checksum behind a NUL',
    bytes: archive(lateSum(header({ name: 'n' })), next),
    ours: ['file 0 n', 'file 1 next'],
    libarchive: { says: ['error'], because: late },
    Python: { says: ['error'], because: late },
  },
  {
    name: 'an empty checksum, to which signed bytes sum',
    bytes: archive(Buffer.concat([Buffer.from([0x80, 0x80]), Buffer.alloc(510)]), next),
    ours: ['file 0 \\x80\\x80 mode=0', 'file 1 next'],
    'tar-stream': { says: ['error'], because: signedSum },
  },
  { name: 'contiguous files', bytes: archive(file('n', 'x', { flag: '7' }), next), ours: ['file 1 n', 'file 1 next'] },
  {
    name: 'a flag that nobody knows',
    bytes: archive(file('n', 'x', { flag: 'Z' }), next),
    ours: ['file 1 n', 'file 1 next'],
    Go: { says: ['flag Z 1 n', 'file 1 next'], because: flag },
    'GNU tar': { says: ['flag Z 1 n', 'file 1 next'], because: flagTs },
    Python: { says: ['flag Z 1 n', 'file 1 next'], because: flagTs },
    'tar-stream': { says: ['flag 1 n', 'file 1 next'], because: flagTs },
  },
  {
    name: 'extended headers of Solaris',
    bytes: archive(pax({ path: 'solaris' }, 'X'), file('n', 'x'), next),
    ours: ['file 1 solaris', 'file 1 next'],
    Go: { says: ['flag X 16 PaxHeaders/file', 'file 1 n', 'file 1 next'], because: solaris },
    'tar-stream': { says: ['flag 16 PaxHeaders/file', 'file 1 n', 'file 1 next'], because: solaris },
  },
  {
    name: 'access control lists of Solaris',
    bytes: archive(file('n', '0000001\0user::rwx', { flag: 'A' }), next),
    ours: ['file 17 n', 'file 1 next'],
    Go: { says: ['flag A 17 n', 'file 1 next'], because: flag },
    'GNU tar': { says: ['flag A 17 n', 'file 1 next'], because: aclFlag },
    libarchive: {
      says: ['file 1 next'],
      because: 'it applies the list to the next member; engines refuse the archive, and its bytes count the same',
    },
    Python: { says: ['flag A 17 n', 'file 1 next'], because: aclFlag },
    'tar-stream': { says: ['flag 17 n', 'file 1 next'], because: aclFlag },
  },
  {
    name: 'the rest of a file from another volume',
    bytes: archive(multiVolume('rest', 5, 9, { name: 'n' }), next),
    ours: ['file 4 n', 'file 1 next'],
    Go: { says: ['flag M 4 n', 'file 1 next'], because: flag },
    'GNU tar': { says: ['flag M 4 n', 'file 1 next'], because: flagTs },
    libarchive: { says: ['none 0 n', 'file 1 next'], because: 'it is no kind of file to it; its bytes count the same' },
    Python: { says: ['flag M 4 n', 'file 1 next'], because: flagTs },
    'tar-stream': { says: ['flag 4 n', 'file 1 next'], because: flagTs },
  },
  {
    name: 'the label of a volume',
    bytes: archive(gnu({ name: 'label', flag: 'V' }), next),
    ours: ['file 1 next'],
    Go: { says: ['flag V 0 label', 'file 1 next'], because: label },
    'GNU tar': { says: ['flag V 0 label', 'file 1 next'], because: label },
    Python: { says: ['flag V 0 label', 'file 1 next'], because: label },
    'tar-stream': { says: ['flag 0 label', 'file 1 next'], because: label },
  },
  {
    name: 'GNU: what a folder holds, for incremental backups',
    bytes: archive(gnu({ name: 'd/', flag: 'D', size: dumpdir.length }), blocks(dumpdir), next),
    ours: ['directory 0 d', 'file 1 next'],
    Go: { says: ['flag D 14 d/', 'file 1 next'], because: dump },
    Python: { says: ['flag D 14 d/', 'file 1 next'], because: dump },
    'tar-stream': { says: ['flag 14 d/', 'file 1 next'], because: dump },
  },
  {
    name: 'all in one archive',
    bytes: archive(
      v7({ name: 'a' }),
      gnu({ name: 'b' }),
      star({ name: 'c' }),
      pax({ path: 'd' }),
      header(),
      file('e', 'x', { magic: gnuMagic }),
    ),
    ours: ['file 0 a', 'file 0 b', 'file 0 c', 'file 0 d', 'file 1 e'],
  },
]
