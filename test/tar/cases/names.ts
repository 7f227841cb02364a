import { archive, blocks, file, header, longName, pax } from '../../../fixtures/tar/build.ts'
import type { Case } from './case.ts'

const next = file('next', 'x')
const latin1 = (text: string) => Buffer.from(text, 'latin1')

/* Why others differ. */
const lossy = 'it decodes bytes that are not UTF-8 to a replacement character, so that two names may become one'
const paxFirst = 'it lets PAX go first, we and Go the GNU name: the engines unpack the file there'
const paxLast = 'it lets the first of both go first; Go the GNU name: the engines unpack the file there'
const firstWins = 'it lets the first of the two win; Go and GNU tar the last'
const emptyName = 'it empties the name; to Go an empty value leaves the field of the header'
const holeTs = 'it loses its place behind an extended header without data'
const merges = 'it adds the second header to the first; Go and GNU tar let the last replace those before it'
const nulKeep = 'it keeps the NUL, which no file system does'
const recordLost = 'it passes over what is no record; Go refuses the archive, since a size may have been lost'
const recordOver = 'it takes what there is for the record; Go refuses the archive'
const global = 'it applies what POSIX has hold for all members; Go and libarchive pass over it, and so do the engines'
const globalEnds =
  'it keeps what came before for the member; Go gives the global header out as a member of its own, which ends it'

export const nameCases: readonly Case[] = [
  {
    name: 'names as they are, and twice',
    bytes: archive(...['./a', '/a', '../a', 'a//b', 'a', 'a'].map(name => file(name, 'x'))),
    ours: ['file 1 ./a', 'file 1 /a', 'file 1 ../a', 'file 1 a//b', 'file 1 a', 'file 1 a'],
  },
  {
    name: 'names that are not UTF-8',
    bytes: archive(
      file('', 'x', { name: latin1('\xe9') }),
      header({ name: latin1('\xff\xfe'), flag: '2', link: latin1('\xc3\x28') }),
    ),
    ours: ['file 1 \\xe9', 'symlink 0 \\xff\\xfe -> \\xc3('],
    'tar-stream': {
      says: ['file 1 \\xef\\xbf\\xbd', 'symlink 0 \\xef\\xbf\\xbd\\xef\\xbf\\xbd -> \\xef\\xbf\\xbd('],
      because: lossy,
    },
  },
  {
    name: 'a PAX name that is not UTF-8',
    bytes: archive(pax([['path', latin1('\xe9')]]), file('n', 'x'), next),
    ours: ['file 1 \\xe9', 'file 1 next'],
    'tar-stream': { says: ['file 1 \\xef\\xbf\\xbd', 'file 1 next'], because: lossy },
  },
  {
    name: 'a PAX name that is not UTF-8, and says so',
    bytes: archive(
      pax([
        ['hdrcharset', 'BINARY'],
        ['path', latin1('\xe9')],
      ]),
      file('n', 'x'),
      next,
    ),
    ours: ['file 1 \\xe9', 'file 1 next'],
    'tar-stream': { says: ['file 1 \\xef\\xbf\\xbd', 'file 1 next'], because: lossy },
  },
  {
    name: 'a GNU name that is not UTF-8',
    bytes: archive(longName(latin1('\xe9')), file('n', 'x'), next),
    ours: ['file 1 \\xe9', 'file 1 next'],
    'tar-stream': { says: ['file 1 \\xef\\xbf\\xbd', 'file 1 next'], because: lossy },
  },
  { name: 'an empty name', bytes: archive(file('', 'x'), next), ours: ['file 1 ', 'file 1 next'] },
  {
    name: 'a regular file whose name ends with a slash',
    bytes: archive(file('f/', 'x'), next),
    ours: ['file 1 f/', 'file 1 next'],
    'GNU tar': {
      says: ['directory 0 f', 'file 1 next'],
      because: 'it makes a folder of any file whose name ends with a slash, as of v7; Go goes by the flag',
    },
    libarchive: {
      says: ['directory 0 f', 'file 1 next', 'error'],
      because: 'it makes a folder of the file, and reads its content as headers; Go goes by the flag',
    },
  },
  {
    name: 'a short name with a slash, which a longer one has not',
    bytes: archive(longName('d/f'), file('d/', 'x', { flag: '\0' }), next),
    ours: ['file 1 d/f', 'file 1 next'],
    Python: {
      says: ['directory 0 d/f'],
      because: 'it looks at the short name, and loses the content; Go looks at the whole name',
    },
  },
  {
    name: 'a name in GNU, PAX and the header',
    bytes: archive(longName('gnu'), pax({ path: 'pax' }), file('n', 'x'), next),
    ours: ['file 1 gnu', 'file 1 next'],
    'GNU tar': { says: ['file 1 pax', 'file 1 next'], because: paxFirst },
    'tar-stream': { says: ['file 1 pax', 'file 1 next'], because: paxFirst },
  },
  {
    name: 'a name in PAX, then GNU',
    bytes: archive(pax({ path: 'pax' }), longName('gnu'), file('n', 'x'), next),
    ours: ['file 1 gnu', 'file 1 next'],
    'GNU tar': { says: ['file 1 pax', 'file 1 next'], because: paxFirst },
    libarchive: { says: ['file 1 pax', 'file 1 next'], because: paxLast },
    Python: { says: ['file 1 pax', 'file 1 next'], because: paxLast },
    'tar-stream': { says: ['file 1 pax', 'file 1 next'], because: paxFirst },
  },
  {
    name: 'two GNU names',
    bytes: archive(longName('one'), longName('two'), file('n', 'x'), next),
    ours: ['file 1 two', 'file 1 next'],
    Python: { says: ['file 1 one', 'file 1 next'], because: firstWins },
  },
  {
    name: 'a GNU name that is empty',
    bytes: archive(longName(''), file('n', 'x'), next),
    ours: ['file 1 n', 'file 1 next'],
    'GNU tar': { says: ['file 1 ', 'file 1 next'], because: emptyName },
    libarchive: { says: ['file 1 ', 'file 1 next'], because: emptyName },
    Python: { says: ['file 1 ', 'file 1 next'], because: emptyName },
  },
  {
    name: 'a GNU name, then one of no bytes',
    bytes: archive(longName('one'), header({ flag: 'L' }), file('n', 'x'), next),
    ours: ['file 1 n', 'file 1 next'],
    'GNU tar': { says: ['file 1 ', 'file 1 next'], because: emptyName },
    libarchive: { says: ['file 1 ', 'file 1 next'], because: emptyName },
    Python: { says: ['file 1 one', 'file 1 next'], because: firstWins },
    'tar-stream': { says: ['file 1 one', 'error'], because: holeTs },
  },
  {
    name: 'a GNU name with no NUL',
    bytes: archive(header({ flag: 'L', size: 3 }), blocks('one'), file('n', 'x'), next),
    ours: ['file 1 one', 'file 1 next'],
  },
  {
    name: 'a GNU name with a NUL in it',
    bytes: archive(longName('one\0two'), file('n', 'x'), next),
    ours: ['file 1 one', 'file 1 next'],
  },
  {
    name: 'two PAX headers',
    bytes: archive(pax({ path: 'one' }), pax({ mtime: '5' }), file('n', 'x'), next),
    ours: ['file 1 n mtime=5', 'file 1 next'],
    Python: { says: ['file 1 one mtime=5', 'file 1 next'], because: merges },
    'tar-stream': { says: ['file 1 n', 'file 1 next'], because: 'it takes no time from PAX' },
  },
  {
    name: 'a PAX header, then an empty one',
    bytes: archive(pax({ path: 'one' }), header({ flag: 'x' }), file('n', 'x'), next),
    ours: ['file 1 n', 'file 1 next'],
    Python: { says: ['file 1 one', 'file 1 next'], because: merges },
    'tar-stream': { says: ['file 1 one', 'error'], because: holeTs },
  },
  {
    name: 'a PAX name that is empty',
    bytes: archive(pax({ path: '' }), file('n', 'x'), next),
    ours: ['file 1 n', 'file 1 next'],
    'GNU tar': { says: ['file 1 ', 'file 1 next'], because: emptyName },
    Python: { says: ['file 1 ', 'file 1 next'], because: emptyName },
  },
  {
    name: 'a PAX name twice, then none',
    bytes: archive(
      pax([
        ['path', 'one'],
        ['path', 'two'],
        ['path', ''],
      ]),
      file('n', 'x'),
      next,
    ),
    ours: ['file 1 n', 'file 1 next'],
    'GNU tar': { says: ['file 1 ', 'file 1 next'], because: emptyName },
    Python: { says: ['file 1 ', 'file 1 next'], because: emptyName },
  },
  {
    name: 'a PAX name with a NUL in it',
    bytes: archive(pax({ path: 'a\0b' }), file('n', 'x'), next),
    ours: ['file 1 a', 'file 1 next'],
    Go: { says: ['error'], because: 'it refuses the archive; GNU tar and libarchive cut the name, and so do we' },
    Python: { says: ['file 1 a\\x00b', 'file 1 next'], because: nulKeep },
    'tar-stream': { says: ['file 1 a\\x00b', 'file 1 next'], because: nulKeep },
  },
  {
    name: 'a PAX header with no record',
    bytes: archive(pax(Buffer.from('junk')), file('n', 'x'), next),
    ours: ['error ARCHIVE_INVALID at 512'],
    'GNU tar': { says: ['file 1 n', 'file 1 next', 'error'], because: recordLost },
    libarchive: { says: ['file 1 n', 'file 1 next'], because: recordLost },
    Python: { says: ['file 1 n', 'file 1 next'], or: ['error'], because: recordLost },
    'tar-stream': { says: ['file 1 n', 'file 1 next'], because: recordLost },
  },
  {
    name: 'a PAX record longer than its header',
    bytes: archive(pax(Buffer.from('99 path=a\n')), file('n', 'x'), next),
    ours: ['error ARCHIVE_INVALID at 512'],
    'GNU tar': { says: ['file 1 n', 'file 1 next', 'error'], because: recordLost },
    libarchive: { says: ['file 1 n', 'file 1 next'], because: recordLost },
    Python: { says: [`file 1 a\\x0a${'\\x00'.repeat(88)}`, 'file 1 next'], or: ['error'], because: recordOver },
    'tar-stream': { says: ['file 1 a\\x0a', 'file 1 next'], because: recordOver },
  },
  {
    name: 'a PAX header filled up with NULs',
    bytes: archive(pax(Buffer.from('10 path=a\n\0\0\0')), file('n', 'x'), next),
    ours: ['file 1 a', 'file 1 next'],
    Go: { says: ['error'], because: 'it refuses the archive; GNU tar takes NULs for the end, and so do we' },
    libarchive: { says: ['file 1 n', 'file 1 next'], because: 'it drops the records before the NULs too' },
  },
  {
    name: 'a global PAX name and size',
    bytes: archive(pax({ path: 'global', size: '512' }, 'g'), header({ name: 'n' }), header({ name: 'inside' }), next),
    ours: ['file 0 n', 'file 0 inside', 'file 1 next'],
    'GNU tar': { says: ['file 512 global', 'file 512 global'], because: global },
    Python: { says: ['file 512 global', 'file 512 global', 'file 512 global'], because: global },
  },
  {
    name: 'a global PAX header between a name and its file',
    bytes: archive(pax({ path: 'pax' }), longName('gnu'), pax({ comment: 'x' }, 'g'), file('n', 'x'), next),
    ours: ['file 1 n', 'file 1 next'],
    'GNU tar': { says: ['file 1 pax', 'file 1 next'], because: globalEnds },
    libarchive: { says: ['file 1 pax', 'file 1 next'], because: globalEnds },
    Python: { says: ['file 1 pax', 'file 1 next'], because: globalEnds },
    'tar-stream': { says: ['file 1 pax', 'file 1 next'], because: globalEnds },
  },
  {
    name: 'a global PAX header with no record',
    bytes: archive(pax(Buffer.from('junk'), 'g'), file('n', 'x'), next),
    ours: ['file 1 n', 'file 1 next'],
    Go: { says: ['error'], because: 'it refuses the archive; nothing of a global header is used here' },
    'GNU tar': {
      says: ['file 1 n', 'file 1 next', 'error'],
      because: 'it warns, ends with a failure, and reads the same',
    },
    Python: {
      says: ['file 1 n', 'file 1 next'],
      or: ['error'],
      because:
        'it reads the same, or refuses the archive where it has its fix for CVE-2024-6232; nothing of a global header is used here',
    },
  },
  {
    name: 'PAX records of star and libarchive',
    bytes: archive(
      pax({
        'SCHILY.xattr.user.a': 'b',
        'SCHILY.dev': '5',
        'LIBARCHIVE.creationtime': '1.5',
        'SCHILY.filetype': 'directory',
      }),
      file('n', 'x'),
      next,
    ),
    ours: ['file 1 n', 'file 1 next'],
  },
]
